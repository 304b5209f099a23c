import { type Choice, isMedia, type MediaPart } from '../../domain/message.ts'
import type { HttpAnswer, Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { attempt, externalId, type Json, maybe, present, text } from '../kit.ts'
import { call, refusal } from './api.ts'
import { can } from './capabilities.ts'
import { offer, spoken } from './offer.ts'
import type { Settings } from './settings.ts'

/** Viber fetches files itself: where from, how large, under which name. */
export interface Link {
  url: string
  bytes: number
  name: string
}

export const send = (piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> =>
  attempt(io, async () => {
    const file = isFile(piece) ? await linkOf(piece, io) : undefined
    return outcome(await call('send_message', { ...senderOf(io.settings), ...render(piece, to, file) }, io))
  })

/** The body of `send_message`, without who speaks. Throws on what `can` refuses. */
export function render(piece: Piece, to: Outgoing, file?: Link): Json {
  return { receiver: to.address, min_api_version: 1, ...content(piece, file) }
}

export function outcome(answer: HttpAnswer): SendResult {
  const refused = refusal(answer)
  if (refused) return { ok: false, ...refused }
  const token = text(maybe(answer.json).message_token)
  if (!token) return { ok: false, why: 'unknown', detail: 'Viber accepted the message without a token' }
  return { ok: true, id: externalId(token) }
}

/** Without a name Viber shows the name of the bot. */
const senderOf = ({ senderName, senderAvatar }: Settings): Json =>
  senderName ? { sender: present({ name: senderName, avatar: senderAvatar }) } : {}

function content(piece: Piece, file: Link | undefined): Json {
  switch (piece.type) {
    case 'text':
      return words(piece.text)
    case 'choices':
      return {
        ...words(piece.prompt),
        tracking_data: offer(piece.choices),
        keyboard: keyboard(piece.choices),
      }
    case 'link':
      return piece.title || piece.text || piece.url.length > 2000
        ? words([piece.title, piece.text, piece.url].filter(Boolean).join('\n'))
        : { type: 'url', media: piece.url }
    case 'location':
      return location(piece)
    case 'contact':
      return contact(piece)
    default:
      if (isFile(piece) && file) return media(piece, file)
      throw new Error(`fit let ${piece.type} through to Viber, which cannot carry it`)
  }
}

const words = (said: string): Json => ({ type: 'text', text: said })

/** Viber's location has no words. With a name or an address it goes as text, so that they are not lost. */
function location({ lat, lon, name, address }: Piece & { type: 'location' }): Json {
  if (!name && !address) return { type: 'location', location: { lat, lon } }
  return words(
    [name, address, `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=17/${lat}/${lon}`]
      .filter(Boolean)
      .join('\n'),
  )
}

/** Viber's card holds one name of 28 characters and one number of 18; a fuller one goes as text. */
function contact({ name, phones, emails = [], company }: Piece & { type: 'contact' }): Json {
  const [phone = ''] = phones
  const fits = phones.length === 1 && !emails.length && !company && name.length <= 28 && phone.length <= 18
  if (fits) return { type: 'contact', contact: { name, phone_number: phone } }
  return words([name, company, ...phones, ...emails].filter(Boolean).join('\n'))
}

function media(piece: MediaPart, file: Link): Json {
  if (piece.type === 'image') return { type: 'picture', text: piece.caption ?? '', media: file.url }
  if (piece.type === 'video')
    return { type: 'video', media: file.url, size: file.bytes, ...present({ duration: piece.seconds }) }
  return { type: 'file', media: file.url, size: file.bytes, file_name: shorter(file.name) }
}

/** One button a row; two when there are more than twelve. */
function keyboard(choices: readonly Choice[]): Json {
  const said = spoken(choices)
  const Columns = choices.length > can.choices!.max ? 3 : 6
  const Buttons = choices.map(({ label }, i) => ({
    Columns,
    Rows: 1,
    ActionType: 'reply',
    ActionBody: said[i],
    Text: escaped(label),
    TextSize: 'regular',
  }))
  return { Type: 'keyboard', DefaultHeight: false, Buttons }
}

const escaped = (label: string): string =>
  label.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** At most 256 characters, with the ending kept: Viber's clients open a file by it. */
function shorter(name: string): string {
  const ending = /\.[^.]{1,16}$/.exec(name)?.[0] ?? ''
  return name.length <= 256 ? name : name.slice(0, 256 - ending.length) + ending
}

const isFile = (piece: Piece): piece is MediaPart =>
  piece.type !== 'reaction' && isMedia(piece) && !!can.media[piece.type]

async function linkOf(part: MediaPart, io: Io<Settings>): Promise<Link> {
  const url = io.linkTo(part)
  if (part.type === 'image') return { url, bytes: part.bytes ?? 0, name: part.name ?? '' }
  if (part.bytes && part.name) return { url, bytes: part.bytes, name: part.name }
  const { bytes, name } = await io.bytesOf(part)
  return { url, bytes: bytes.length, name: part.name ?? name }
}
