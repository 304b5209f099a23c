import type { MediaPart, MediaType, Part } from '../../domain/message.ts'
import { type Json, list, maybe, number, parseJson, present, records, text } from '../kit.ts'

type Read = (raw: Json) => Part[] | undefined

/** What a message consists of, or undefined when this kind of message is not known. */
export function partsOf(raw: Json): Part[] | undefined {
  const type = text(raw.type) ?? ''
  const parts = Object.hasOwn(readers, type) ? readers[type]!(raw) : undefined
  if (!parts?.length) return undefined
  const ad = maybe(raw.referral)
  if (!text(ad.source_url)) return parts
  // "Can I get more info on this?" is all that comes with an ad: the agent has to see which one.
  return [
    ...parts,
    { type: 'link', ...present({ url: text(ad.source_url)!, title: text(ad.headline), text: text(ad.body) }) },
  ]
}

const readers: Record<string, Read> = {
  text: raw => (text(maybe(raw.text).body) ? [{ type: 'text', text: text(maybe(raw.text).body)! }] : undefined),
  image: raw => file('image', maybe(raw.image)),
  video: raw => file('video', maybe(raw.video)),
  document: raw => file('file', maybe(raw.document)),
  sticker: raw => file('sticker', maybe(raw.sticker)),
  audio: raw => file(maybe(raw.audio).voice === true ? 'voice' : 'audio', maybe(raw.audio)),
  location: raw => place(maybe(raw.location)),
  contacts: raw => records(raw.contacts).map(card),
  order: raw => order(maybe(raw.order)),
  interactive: raw =>
    maybe(raw.interactive).type === 'nfm_reply' ? form(maybe(maybe(raw.interactive).nfm_reply)) : undefined,
}

/** The id is preferred to the url: the url of a webhook is valid for minutes, the id for days. */
function file(type: MediaType, body: Json): MediaPart[] | undefined {
  const ref = text(body.id) || text(body.url)
  if (!ref) return undefined
  const known = {
    mime: text(body.mime_type)?.match(/^\w+\/.+/)?.[0],
    name: text(body.filename),
    caption: text(body.caption),
  }
  return [{ type, url: '', ref, state: 'pending', ...present(known) }]
}

function place(body: Json): Part[] | undefined {
  const [lat, lon] = [number(body.latitude), number(body.longitude)]
  if (lat === undefined || lon === undefined) return undefined
  return [{ type: 'location', lat, lon, ...present({ name: text(body.name), address: text(body.address) }) }]
}

function card(raw: Json): Part {
  const name = maybe(raw.name)
  const phones = records(raw.phones).flatMap(p => text(p.phone) ?? text(p.wa_id) ?? [])
  const emails = records(raw.emails).flatMap(e => text(e.email) ?? [])
  const company = text(maybe(raw.org).company)
  return {
    type: 'contact',
    name: text(name.formatted_name) ?? text(name.first_name) ?? phones[0] ?? '',
    phones,
    ...(emails.length && { emails }),
    ...(company && { company }),
  }
}

function order(body: Json): Part[] {
  const lines = records(body.product_items)
  const items = lines.map(line => ({
    product: text(line.product_retailer_id) ?? '',
    quantity: number(line.quantity) ?? 1,
    ...present({ price: number(line.item_price) }),
  }))
  return [{ type: 'order', items, ...present({ currency: text(lines[0]?.currency), text: text(body.text) }) }]
}

function form(body: Json): Part[] {
  const name = text(body.name) ?? 'flow'
  return [{ type: 'form', name, fields: fieldsOf(text(body.response_json) ?? '') }]
}

/** The customer's answers come as JSON in a string; one that cannot be read is shown as it is. */
function fieldsOf(response: string): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(maybe(parseJson(response))).map(([key, v]) => [key, flat(v)]))
  } catch {
    return { response }
  }
}

function flat(value: unknown): string {
  if (Array.isArray(value)) return list(value).map(flat).join(', ')
  return text(value) ?? (value === null ? '' : JSON.stringify(value))
}
