import type { Choice, MediaPart, Part } from '../../domain/message.ts'
import { isMedia } from '../../domain/message.ts'
import type { ExternalId, HttpAnswer, Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { attempt, maybe, present, text } from '../kit.ts'
import { graphUrl, uploading } from '../meta/graph.ts'
import { isUserId } from './origin.ts'
import { outcome } from './outcome.ts'
import { bearer, type Settings } from './settings.ts'

/** Files go up first (`/media`), so that Parley need not be reachable from outside to send one. */
export async function send(piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> {
  return attempt(io, async () => {
    if (!isMedia(piece as Part)) return outcome(await post(io, render(piece, to)))
    const part = piece as MediaPart
    if (!uploadable(part)) return outcome(await post(io, render(piece, to, { link: io.linkTo(part) })))
    const up = await upload(part, io)
    const id = text(maybe(up.json).id)
    return up.status < 300 && id ? outcome(await post(io, render(piece, to, { id }))) : refused(outcome(up))
  })
}

const refused = (result: SendResult): SendResult =>
  // An unreadable answer to an upload is no doubt about the message: that was never sent.
  !result.ok && result.why === 'unknown' ? { ...result, why: 'down' } : result

/** `/media` refuses other documents by their type (zip, csv …); those Meta fetches by link. */
const uploadable = ({ type, mime }: MediaPart): boolean =>
  type !== 'file' ||
  /^(text\/plain|image\/(jpeg|png)|video\/(mp4|3gpp)|audio\/(aac|amr|mpeg|mp4|ogg)|application\/(pdf|msword|vnd\.ms-(excel|powerpoint)|vnd\.openxmlformats-officedocument\..+))/.test(
    mime ?? '',
  )

async function upload(piece: MediaPart, io: Io<Settings>): Promise<HttpAnswer> {
  const file = await io.bytesOf(piece)
  const form = new FormData()
  form.set('messaging_product', 'whatsapp')
  form.set('type', file.mime)
  form.set('file', new Blob([new Uint8Array(file.bytes)], { type: file.mime }), file.name)
  const url = graphUrl(io.settings, `${io.settings.phoneNumberId}/media`)
  const headers = bearer(io.settings)
  return uploading(() => io.http({ method: 'POST', url, headers, form, timeoutMs: 120_000 }))
}

const post = (io: Io<Settings>, json: object) =>
  io.http({
    method: 'POST',
    url: graphUrl(io.settings, `${io.settings.phoneNumberId}/messages`),
    headers: bearer(io.settings),
    json,
  })

type File = { id: string } | { link: string }

/** The body of `POST /messages`. `file` says where the file of a media piece is. */
export function render(piece: Piece, to: Outgoing, file?: File): Record<string, unknown> {
  const quote = to.replyTo && piece.type !== 'reaction' && { context: { message_id: to.replyTo } }
  // Comes back in every status, so that a send whose answer was lost can be settled.
  const key = { biz_opaque_callback_data: to.key }
  return { messaging_product: 'whatsapp', ...recipient(to.address), ...quote, ...key, ...content(piece, file) }
}

function recipient(address: string): object {
  if (isUserId(address)) return { recipient_type: 'individual', recipient: address }
  const phone = /^\+?\d{5,20}$/.test(address)
  return { recipient_type: phone ? 'individual' : 'group', to: address }
}

function content(piece: Piece, file?: File): object {
  switch (piece.type) {
    case 'text':
      return words(piece.text)
    case 'link':
      return words([piece.title, piece.text, piece.url].filter(Boolean).join('\n'))
    case 'choices':
      return { type: 'interactive', interactive: asksList(piece.choices) ? rows(piece) : buttons(piece) }
    case 'location':
      return { type: 'location', location: place(piece) }
    case 'contact':
      return { type: 'contacts', contacts: [card(piece)] }
    case 'template':
      return { type: 'template', template: template(piece) }
    case 'reaction':
      return { type: 'reaction', reaction: { message_id: piece.of, emoji: piece.emoji } }
    default:
      if (!isMedia(piece)) throw new Error(`WhatsApp cannot carry ${piece.type}: fit() should have refused it`)
      return media(piece, file)
  }
}

const words = (body: string) => ({ type: 'text', text: { body, preview_url: /https?:\/\//.test(body) } })

function media(piece: MediaPart, file?: File): object {
  if (!file) throw new Error('a file is uploaded before it is sent')
  if (piece.type === 'file')
    return { type: 'document', document: { ...file, ...present({ caption: piece.caption, filename: piece.name }) } }
  if (piece.type === 'voice') return { type: 'audio', audio: { ...file, voice: true } }
  const captioned = piece.type === 'image' || piece.type === 'video'
  return { type: piece.type, [piece.type]: { ...file, ...(captioned && present({ caption: piece.caption })) } }
}

type Choices = Extract<Part, { type: 'choices' }>

const asksList = (choices: Choice[]) => choices.length > 3 || choices.some(c => c.description || c.label.length > 20)

const buttons = ({ prompt, choices }: Choices) => ({
  type: 'button',
  body: { text: prompt },
  action: { buttons: choices.map(c => ({ type: 'reply', reply: { id: c.id, title: c.label } })) },
})

const rows = ({ prompt, choices, button }: Choices) => ({
  type: 'list',
  body: { text: prompt },
  action: {
    button: button || 'Choose',
    sections: [{ rows: choices.map(c => ({ id: c.id, title: c.label, ...present({ description: c.description }) })) }],
  },
})

/** Meta's schema wants the coordinates as text. */
const place = (piece: Extract<Part, { type: 'location' }>) => ({
  latitude: String(piece.lat),
  longitude: String(piece.lon),
  ...present({ name: piece.name, address: piece.address }),
})

const card = ({ name, phones, emails, company }: Extract<Part, { type: 'contact' }>) => ({
  // Besides formatted_name one more name is required.
  name: { formatted_name: name, first_name: name },
  phones: phones.map(phone => ({ phone, ...waId(phone) })),
  ...(emails?.length && { emails: emails.map(email => ({ email })) }),
  ...(company && { org: { company } }),
})

/** With `wa_id` the card gets a "Message" button; without it the customer can only be invited. */
const waId = (phone: string) => (/^\+[\d\s()-]{7,}$/.test(phone) ? { wa_id: phone.replace(/\D/g, '') } : {})

const template = ({ name, language, values }: Extract<Part, { type: 'template' }>) => ({
  name,
  language: { policy: 'deterministic', code: language },
  ...(values.length && { components: [{ type: 'body', parameters: values.map(v => ({ type: 'text', text: v })) }] }),
})

export async function markRead(message: ExternalId, _to: Outgoing, io: Io<Settings>): Promise<void> {
  await post(io, { messaging_product: 'whatsapp', status: 'read', message_id: message })
}

/** Typing hangs on a message of the customer, given as `replyTo`, and marks it read; without one nothing is sent. */
export async function typing(to: Outgoing, io: Io<Settings>): Promise<void> {
  if (!to.replyTo) return
  const typing_indicator = { type: 'text' }
  await post(io, { messaging_product: 'whatsapp', status: 'read', message_id: to.replyTo, typing_indicator })
}
