import { msg, tKey } from '../say.ts'

const purposes: Readonly<Record<string, string>> = {
  marketing: msg('Offers'),
  all: msg('All messages'),
}

/** What a consent is for, in words. */
export const purposeWords = (purpose: string): string => tKey(purposes, purpose)
