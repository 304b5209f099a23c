import type { World } from '../world.ts'
import { type GraphError, invalid, missing, parameter } from './errors.ts'
import { checkTemplate } from './templates.ts'

export type Body = Record<string, unknown>
export const inside = (value: unknown): Body => (typeof value === 'object' && value !== null ? (value as Body) : {})
const words = (value: unknown): string => (typeof value === 'string' ? value : '')
const items = (value: unknown): Body[] => (Array.isArray(value) ? value.map(inside) : [])

type Check = (body: Body, world: World) => GraphError | undefined

/** What Cloud API refuses at once about a message's content; undefined when it is accepted. */
export function checkContent(message: Body, world: World): GraphError | undefined {
  const type = words(message.type) || 'text'
  const check = Object.hasOwn(checks, type) ? checks[type] : undefined
  if (!check)
    return parameter(
      `Param type must be one of {AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION, REACTION, STICKER, TEMPLATE, TEXT, VIDEO} - got "${type}".`,
    )
  if (type === 'contacts') return check({ contacts: message.contacts }, world)
  if (typeof message[type] !== 'object' || !message[type]) return parameter(`The parameter ${type} is required.`)
  return check(inside(message[type]), world)
}

const media =
  (kind: string, captioned: 'with caption' | 'without'): Check =>
  (body, world) => {
    if (!body.id && !body.link) return missing(`${kind}: one of id or link is required`)
    if (body.id && !world.files.has(String(body.id)))
      return invalid(`${kind}.id: media with id ${body.id} was not found`)
    if (body.caption !== undefined && captioned === 'without')
      return parameter(`Unexpected key "caption" on param "${kind}".`)
    return tooLong(`${kind}['caption']`, body.caption, 1024)
  }

const checks: Record<string, Check> = {
  text: body => required("text['body']", body.body) ?? tooLong("text['body']", body.body, 4096),
  image: media('image', 'with caption'),
  video: media('video', 'with caption'),
  document: media('document', 'with caption'),
  audio: media('audio', 'without'),
  sticker: media('sticker', 'without'),
  location: body => {
    const [lat, lon] = [Number(body.latitude ?? Number.NaN), Number(body.longitude ?? Number.NaN)]
    if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return invalid('location: latitude or longitude out of range')
    return undefined
  },
  contacts: body => {
    const cards = items(body.contacts)
    if (!cards.length) return parameter('The parameter contacts is required.')
    if (cards.length > 257) return invalid('contacts: at most 257 contacts')
    return cards.map(card).find(Boolean)
  },
  reaction: body => {
    if (!words(body.message_id).startsWith('wamid.')) return invalid('reaction.message_id: not a message id')
    return typeof body.emoji === 'string' ? undefined : missing('reaction.emoji is required')
  },
  interactive: body => interactive(body),
  template: (body, world) => checkTemplate(body, world),
}

function card(raw: Body): GraphError | undefined {
  const name = inside(raw.name)
  const more = ['first_name', 'last_name', 'middle_name', 'suffix', 'prefix'].some(key => name[key])
  if (!name.formatted_name) return missing("contacts[0]['name']['formatted_name'] is required")
  return more ? undefined : missing('contacts: at least one of the optional name parts needs to be supplied')
}

function interactive(body: Body): GraphError | undefined {
  const prompt = required("interactive['body']['text']", inside(body.body).text)
  const action = inside(body.action)
  if (body.type === 'button')
    return (
      prompt ?? tooLong("interactive['body']['text']", inside(body.body).text, 1024) ?? buttons(items(action.buttons))
    )
  if (body.type === 'list')
    return prompt ?? tooLong("interactive['body']['text']", inside(body.body).text, 4096) ?? rows(action)
  return ['cta_url', 'location_request_message', 'request_contact_info'].includes(words(body.type))
    ? undefined
    : invalid(`interactive.type ${words(body.type)} is not simulated`)
}

function buttons(all: Body[]): GraphError | undefined {
  if (all.length < 1 || all.length > 3)
    return invalid('Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3')
  const replies = all.map(b => inside(b.reply))
  return replies.map(r => titled('reply', r, 20, 256)).find(Boolean) ?? unique(replies)
}

function rows(action: Body): GraphError | undefined {
  const all = items(action.sections).flatMap(s => items(s.rows))
  const sections = items(action.sections)
  if (!words(action.button)) return missing("interactive['action']['button'] is required")
  if (all.length < 1 || all.length > 10)
    return invalid(`Total row count exceed max allowed count: 10 (${all.length} rows)`)
  if (sections.length > 1 && sections.some(s => !words(s.title)))
    return missing('Section title is required when there are several sections')
  const long = tooLong("interactive['action']['button']", action.button, 20)
  const description = all.map(r => tooLong("row['description']", r.description, 72)).find(Boolean)
  return long ?? all.map(r => titled('row', r, 24, 200)).find(Boolean) ?? description ?? unique(all)
}

const titled = (what: string, r: Body, title: number, id: number): GraphError | undefined =>
  required(`${what}['title']`, r.title) ??
  required(`${what}['id']`, r.id) ??
  tooLong(`${what}['title']`, r.title, title) ??
  tooLong(`${what}['id']`, r.id, id)

const unique = (all: Body[]): GraphError | undefined =>
  new Set(all.map(r => r.id)).size < all.length || new Set(all.map(r => r.title)).size < all.length
    ? invalid('Duplicated title or id')
    : undefined

const required = (path: string, value: unknown): GraphError | undefined =>
  words(value) ? undefined : parameter(`The parameter ${path} is required.`)

const tooLong = (path: string, value: unknown, max: number): GraphError | undefined =>
  [...words(value)].length > max ? parameter(`Param ${path} must be at most ${max} characters long.`) : undefined
