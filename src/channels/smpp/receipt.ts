import type { FailReason, InboundEvent, ReceiptStatus } from '../contract.ts'
import { externalId, milliseconds } from '../kit.ts'
import { type Pdu, textOf, tlv } from './pdu.ts'

type Told = readonly [ReceiptStatus, FailReason?, string?]

/** The words of `stat:` (appendix B) and, in the same order, the numbers of message_state (5.2.28). */
const states: Readonly<Record<string, Told>> = {
  SCHEDULED: ['sent'],
  ENROUTE: ['sent'],
  DELIVRD: ['delivered'],
  EXPIRED: ['failed', 'invalid', 'The message could not be delivered in time'],
  DELETED: ['failed', 'invalid', 'The message was deleted at the message centre'],
  UNDELIV: ['failed', 'invalid', 'The message cannot be delivered to this number'],
  ACCEPTD: ['sent'],
  UNKNOWN: ['failed', 'unknown', 'The message centre does not know what became of the message'],
  REJECTD: ['failed', 'invalid', 'The message was rejected'],
  SKIPPED: ['failed', 'invalid', 'The message was skipped'],
}
const byNumber = Object.keys(states)

interface Receipt {
  of: string
  stat: string
  error?: string
  at: Date
}

/** How the centre writes the id of one message when it takes it, and in the receipt. Both are brought to decimal. */
export const forms = {
  same: { taken: 'any', receipt: 'any' },
  hexThenDecimal: { taken: 'hex', receipt: 'decimal' },
  decimalThenHex: { taken: 'decimal', receipt: 'hex' },
} as const
export type IdForm = 'any' | 'hex' | 'decimal'

export function idAs(id: string, form: IdForm): string {
  const bare = id.trim()
  if (form === 'hex' && /^[0-9a-f]{1,32}$/i.test(bare)) return BigInt(`0x${bare}`).toString()
  return form === 'decimal' && /^\d{1,39}$/.test(bare) ? BigInt(bare).toString() : bare
}

/** A receipt as an event, or null when this is none or says too little. The fields of their own come before the text. */
export function receiptIn(pdu: Pdu, text: string, form: IdForm): InboundEvent | null {
  const found = read(pdu, text)
  const told = found && states[found.stat]
  if (!told) return null
  const [status, why, words] = told
  const of = externalId(idAs(found.of, form))
  const detail = `${words} (${[found.stat, found.error && `error ${found.error}`].filter(Boolean).join(', ')})`
  return {
    type: 'receipt',
    id: externalId(`receipt:${of}:${found.stat}`),
    of,
    status,
    at: found.at,
    ...(why && { failure: { why, detail } }),
  }
}

function read({ tlvs }: Pdu, text: string): Receipt | undefined {
  const said = (name: string) => new RegExp(`\\b${name}:\\s*([^\\s:]+)(?=\\s|$)`, 'i').exec(text)?.[1]
  const of = textOf(tlvs.get(tlv.receiptedMessageId)) || said('id')
  const state = tlvs.get(tlv.messageState)?.at(-1)
  const stat = (state === undefined ? undefined : byNumber[state]) ?? said('stat')?.toUpperCase().slice(0, 9)
  if (!of || !stat) return undefined
  const error = errorIn(tlvs.get(tlv.networkErrorCode)) ?? said('err')
  const at = dateOf(said('done date'))
  return { of: of.trim(), stat: stat === 'DELIVERED' ? 'DELIVRD' : stat, at, ...(error && +error !== 0 && { error }) }
}

/** A network type, then two bytes of its error (5.3.2.31). */
const errorIn = (value: Uint8Array | undefined): string | undefined =>
  value?.length === 3 ? String((value[1]! << 8) | value[2]!) : undefined

/** `YYMMDDhhmm` with or without seconds, in the centre's own time zone, which it does not tell: taken for UTC. */
function dateOf(text = ''): Date {
  const match = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?$/.exec(text)
  if (!match) return milliseconds(0)
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(n => Number(n ?? 0))
  return milliseconds(Date.UTC(2000 + year, month - 1, day, hour, minute, second))
}
