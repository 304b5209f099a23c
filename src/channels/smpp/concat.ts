import type { Shift } from './alphabet.ts'
import { type Pdu, tlv } from './pdu.ts'

/** Which part of a longer message a PDU is. */
export interface Place {
  ref: string
  total: number
  number: number
}

export interface Carried {
  /** Without the text header. */
  bytes: Uint8Array
  place?: Place
  shift?: Shift
}

/** esm_class: the text begins with a header of the air interface. */
export const udhi = 0x40

/** What a deliver_sm or data_sm carries: the payload's TLV before the short message, the header taken off and read. */
export function carried({ fields, tlvs }: Pdu): Carried {
  const all = tlvs.get(tlv.messagePayload) ?? fields.shortMessage ?? new Uint8Array()
  if (!((fields.esmClass ?? 0) & udhi) || !all.length) return { bytes: all, ...sar(tlvs) }
  const end = 1 + all[0]!
  const elements = [...elementsOf(all.subarray(1, end))]
  const place = elements.map(([tag, value]) => placeIn(tag, value)).find(Boolean)
  const locking = elements.find(([tag]) => tag === 0x25)?.[1][0]
  const single = elements.find(([tag]) => tag === 0x24)?.[1][0]
  const shift = { ...(locking !== undefined && { locking }), ...(single !== undefined && { single }) }
  return {
    bytes: all.subarray(end),
    ...(place ? { place } : sar(tlvs)),
    ...(Object.keys(shift).length > 0 && { shift }),
  }
}

function* elementsOf(header: Uint8Array): Generator<[number, Uint8Array]> {
  for (let at = 0; at + 1 < header.length; at += 2 + header[at + 1]!)
    yield [header[at]!, header.subarray(at + 2, at + 2 + header[at + 1]!)]
}

/** Information elements 0 and 8 of 3GPP TS 23.040, 9.2.3.24.1 and 9.2.3.24.8: references of 8 and of 16 bits. */
function placeIn(tag: number, value: Uint8Array): Place | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = value
  if (tag === 0 && value.length === 3) return counted({ ref: `8:${a}`, total: b, number: c })
  if (tag === 8 && value.length === 4) return counted({ ref: `16:${(a << 8) | b}`, total: c, number: d })
  return undefined
}

function sar(tlvs: Pdu['tlvs']): { place?: Place } {
  const ref = tlvs.get(tlv.sarRef)
  if (!ref) return {}
  const total = tlvs.get(tlv.sarTotal)?.at(-1) ?? 0
  const number = tlvs.get(tlv.sarNumber)?.at(-1) ?? 0
  const place = counted({ ref: `sar:${Buffer.from(ref).toString('hex')}`, total, number })
  return place ? { place } : {}
}

/** A part that is none of its own number is shown alone, as phones do. */
const counted = (place: Place): Place | undefined =>
  place.total > 1 && place.number >= 1 && place.number <= place.total ? place : undefined

/** How a long text is told apart into parts. */
export const longForms = ['udh8', 'udh16', 'sar', 'payload'] as const

/** The header of one part, for esm_class 0x40. */
export function header(form: 'udh8' | 'udh16', ref: number, { total, number }: Omit<Place, 'ref'>): Uint8Array {
  if (form === 'udh8') return Uint8Array.of(5, 0, 3, ref & 0xff, total, number)
  return Uint8Array.of(6, 8, 4, (ref >> 8) & 0xff, ref & 0xff, total, number)
}

export const sarTlvs = (ref: number, { total, number }: Omit<Place, 'ref'>): [number, Uint8Array][] => [
  [tlv.sarRef, Uint8Array.of((ref >> 8) & 0xff, ref & 0xff)],
  [tlv.sarTotal, Uint8Array.of(total)],
  [tlv.sarNumber, Uint8Array.of(number)],
]
