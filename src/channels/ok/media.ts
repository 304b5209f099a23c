import type { FetchedMedia, Io } from '../contract.ts'
import { linkedFile } from '../kit.ts'
import type { Settings } from './settings.ts'

/** Fetches what a customer sent from the address in the event, without the key. */
export const media = (ref: string, io: Io<Settings>): Promise<FetchedMedia> => linkedFile('OK', ref, io)
