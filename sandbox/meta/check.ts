import { type Json, maybe, records, text } from '../../src/channels/kit.ts'
import type { World } from '../world.ts'
import { type GraphError, noAttachment, parameter } from './errors.ts'
import { flavourOf } from './flavour.ts'

const contents = ['text', 'attachment', 'attachments', 'sticker_id', 'template']

/** What the Send API refuses at once about a message; undefined when it is accepted. */
export function checkMessage(message: Json, world: World): GraphError | undefined {
  const given = contents.filter(key => message[key] !== undefined)
  if (given.length !== 1) return parameter('Message cannot be empty, must provide valid attachment or text')
  if (message.template && flavourOf(world).object === 'instagram')
    return parameter('Invalid keys "template" were found in param "message".')
  return (
    checkText(message, world) ??
    tooLong('metadata', message.metadata, 1000) ??
    quickReplies(message) ??
    (message.attachment === undefined ? undefined : attachment(maybe(message.attachment), world)) ??
    records(message.attachments)
      .map(a => attachment(a, world))
      .find(Boolean)
  )
}

function checkText({ text: said }: Json, world: World): GraphError | undefined {
  if (said === undefined) return undefined
  const { max, size } = flavourOf(world).longest
  if (!text(said)?.trim()) return parameter('Message cannot be empty, must provide valid attachment or text')
  return size(text(said)!) > max
    ? parameter(`Length of param message[text] must be less than or equal to ${max}`)
    : undefined
}

function quickReplies(message: Json): GraphError | undefined {
  const replies = records(message.quick_replies)
  if (replies.length > 13) return parameter('Param message[quick_replies] must have at most 13 elements')
  return replies.map(r => (r.content_type === 'text' ? titled('quick_replies', r) : undefined)).find(Boolean)
}

function titled(of: string, r: Json): GraphError | undefined {
  if (!text(r.title)) return parameter(`The parameter ${of}[title] is required.`)
  if (r.type !== 'web_url' && !text(r.payload)) return parameter(`The parameter ${of}[payload] is required.`)
  return tooLong(`${of}[title]`, r.title, 20) ?? tooLong(`${of}[payload]`, r.payload, 1000)
}

function attachment({ type, payload }: Json, world: World): GraphError | undefined {
  const body = maybe(payload)
  if (type === 'template') return template(body)
  if (!['image', 'video', 'audio', 'file'].includes(String(type)))
    return parameter('Param message[attachment][type] must be one of {audio, file, image, template, video}.')
  if (body.attachment_id !== undefined) return world.files.has(String(body.attachment_id)) ? undefined : noAttachment
  return URL.canParse(text(body.url) ?? '') ? undefined : parameter('(url) is not a valid URL')
}

function template(body: Json): GraphError | undefined {
  const cards = records(body.elements)
  if (body.template_type === 'button')
    return required('text', body.text) ?? tooLong('text', body.text, 640) ?? buttons(body, 1)
  if (body.template_type === 'media')
    return cards.length === 1 ? buttons(cards[0]!, 0) : parameter('One element is required.')
  if (body.template_type !== 'generic') return parameter(`Invalid template_type ${text(body.template_type)}`)
  if (!cards.length || cards.length > 10) return parameter('Param elements must have 1 to 10 elements')
  return cards.map(card).find(Boolean)
}

const card = (raw: Json): GraphError | undefined =>
  required('elements[title]', raw.title) ??
  tooLong('elements[title]', raw.title, 80) ??
  tooLong('elements[subtitle]', raw.subtitle, 80) ??
  buttons(raw, 0)

function buttons(of: Json, least: number): GraphError | undefined {
  const all = records(of.buttons)
  if (all.length < least || all.length > 3) return parameter('Param buttons must have 1 to 3 elements')
  return all.map(b => titled('buttons', b)).find(Boolean)
}

const required = (path: string, value: unknown): GraphError | undefined =>
  text(value) ? undefined : parameter(`The parameter ${path} is required.`)

const tooLong = (path: string, value: unknown, max: number): GraphError | undefined =>
  [...(text(value) ?? '')].length > max
    ? parameter(`Length of param ${path} must be less than or equal to ${max}`)
    : undefined
