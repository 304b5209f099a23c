import type { MediaPart, MediaType, OrderItem, Part } from '../../domain/message.ts'
import type { Address } from '../contract.ts'
import { address, type Json, maybe, number, present, record, records, text } from '../kit.ts'

/** What a customer's message consists of; nothing for a type we do not know. Throws where a known type lacks its heart. */
export function partsOf(body: Json): Part[] {
  const type = text(body.message_type) ?? ''
  if (type === 'text') return text(body.text) ? [{ type: 'text', text: text(body.text)! }] : []
  if (type === 'location') return [location(record(body.location))]
  if (type === 'order') return [order(record(body.order))]
  if (type === 'content') return contents(body)
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined
  return kind ? media(kind, record(body[type])) : []
}

const kinds: Readonly<Record<string, MediaType>> = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  voice: 'voice',
  file: 'file',
  vcard: 'file',
  sticker: 'sticker',
}

/** The file, with its words behind it: they may be an answer of their own. */
function media(type: MediaType, { url, caption, name }: Json): Part[] {
  const ref = text(url)
  if (!ref) throw new TypeError('a file without an address')
  return [{ type, url: '', ref, state: 'pending', ...present({ name: text(name), caption: text(caption) }) }]
}

/** An MMS of several files, and its words. */
function contents(body: Json): Part[] {
  const album = text(body.message_uuid)
  const files = records(body.content).flatMap(({ type, url, caption }) =>
    media((Object.hasOwn(kinds, String(type)) && kinds[String(type)]) || 'file', { url, caption }),
  ) as MediaPart[]
  const words = text(body.text)
  return [
    ...(words ? [{ type: 'text' as const, text: words }] : []),
    ...(files.length > 1 ? files.map(file => ({ ...file, ...present({ album }) })) : files),
  ]
}

function location({ lat, long, name, address }: Json): Part {
  const [y, x] = [number(lat), number(long)]
  if (y === undefined || x === undefined) throw new TypeError('a location without a place')
  return { type: 'location', lat: y, lon: x, ...present({ name: text(name), address: text(address) }) }
}

function order(said: Json): Part {
  const items = records(said.product_items).map(
    (item): OrderItem => ({
      product: text(item.product_retailer_id) ?? '',
      quantity: number(item.quantity) ?? 1,
      ...present({ price: number(item.item_price) }),
    }),
  )
  const currency = text(maybe(records(said.product_items)[0]).currency)
  return { type: 'order', items, ...present({ currency, text: text(said.text) }) }
}

export const digits = (phone: string): string => phone.replace(/^\+/, '')

/** Which of the numbers of one application it is about. */
export function accountOf(value: unknown): string | undefined {
  const said = text(value)
  return said ? address(digits(said)) : undefined
}

/** Our own key of the message; anything longer is the reference of somebody else. */
export const keyOf = (value: unknown): string | undefined => {
  const said = text(value)
  return said && said.length <= 36 ? said : undefined
}

/** A number for SMS and MMS; on another network of the same application, the network before it. */
export const addressOf = (channel: string, of: string): Address =>
  address(/^(sms|mms)$/.test(channel) ? digits(of) : `${channel}:${of}`)

/** ISO 8601. A time that no calendar has is the epoch. */
export function when(value: unknown): Date {
  const at = new Date(text(value) ?? 0)
  return Number.isNaN(at.getTime()) ? new Date(0) : at
}
