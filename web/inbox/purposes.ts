import { msg, tKey } from '../say.ts'

const purposes: Readonly<Record<string, string>> = {
  offers: msg('Offers'),
  marketing: msg('Offers'),
  orders: msg('Order updates'),
  service: msg('Service messages'),
  all: msg('All messages'),
}

/** What a consent is for, in words. */
export const purposeWords = (purpose: string): string => tKey(purposes, purpose)
