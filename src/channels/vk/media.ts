import type { FetchedMedia, Io } from '../contract.ts'
import { linkedFile } from '../kit.ts'
import type { Settings } from './settings.ts'

/** Fetches what a customer sent from the address in the event, without the token. Documents lie behind a redirect or two. */
export const media = (ref: string, io: Io<Settings>): Promise<FetchedMedia> => linkedFile('VK', ref, io)
