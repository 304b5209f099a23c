import type { MediaType } from './message.ts'

/** `utf16` counts JavaScript string units, `codepoints` what most networks call characters, `bytes` UTF-8. */
export type Unit = 'utf16' | 'codepoints' | 'bytes'

/** What a network can carry, as data. Absent means refused: `fit` then falls back or says why not. */
export interface Capabilities {
  /** `segments`: paid by the piece, as `smsOf` in sms.ts counts them; the composer shows how many. */
  text: { max: number; unit: Unit; segments?: 'gsm' }
  /** `caption: 0` means the caption is sent as its own message. `mimes` absent means any. */
  media: Partial<Record<MediaType, { maxBytes: number; caption: number; mimes?: readonly string[] }>>
  /** Buttons under a prompt: how many, how long a label and an id may be. A longer list when `list` is there. */
  choices?: {
    max: number
    label: number
    id: number
    prompt: number
    list?: { max: number; label: number; description: number; id: number }
  }
  location?: true
  contact?: true
  poll?: { options: number; question: number }
  templates?: true
  reply?: true
  /** `any`, or the only emoji the network takes. */
  reactions?: 'any' | readonly string[]
  typing?: true
  markRead?: true
  edits?: 'seen'
  receipts: ReadonlyArray<'delivered' | 'read'>
  /** Free answers for so many hours after the customer's last message; then a template or nothing. */
  window?: { hours: number; after: 'template' | 'nothing' }
  /**
   * Everybody can read what is said here. Where one may answer aside as well, words that begin with `/private` go to the
   * person alone, once, for so many days after their last words; see privately.ts.
   */
  public?: { privatelyForDays?: number }
  /** May the business write before the customer did? */
  firstMessage: 'free' | 'template' | 'never'
  /** The provider tells one send from its repetition by our key, so a lost answer may be retried safely. */
  idempotent?: true
  rate: { perSecond: number; perContact?: { count: number; seconds: number } }
}

/** A place within a messenger where other things are possible than in its chats: below a post, in a group. */
export interface Place {
  name: 'comment' | 'group'
  /** How the addresses there begin, and no others of this messenger. */
  addresses: readonly string[]
  can: Capabilities
}

/** Which of a messenger's places an address is at; undefined for its chats. */
export const placeAt = <P extends Pick<Place, 'addresses'>>(
  address: string,
  places: readonly P[] | undefined,
): P | undefined => places?.find(({ addresses }) => addresses.some(beginning => address.startsWith(beginning)))

/** What is possible at an address of this messenger. */
export const canAt = (
  address: string,
  { can, places }: { can: Capabilities; places?: readonly Place[] },
): Capabilities => placeAt(address, places)?.can ?? can
