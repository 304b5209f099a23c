import { type Json, maybe, number, text } from '../../src/channels/kit.ts'
import type { Part } from '../../src/domain/message.ts'
import type { World } from '../world.ts'
import { Wrong } from './answer.ts'
import { addressOf } from './files.ts'

/** The buttons go with the words they stand under. */
export function withButtons(parts: Part[], buttons: Json[]): Part[] {
  const actions = buttons.map(button => maybe(button.action))
  const choices = actions
    .filter(({ type }) => type === 'text' || type === 'callback')
    .map(({ payload, label }) => ({ id: text(payload) ?? text(label)!, label: text(label)! }))
  if (!choices.length) return parts
  const [first, ...others] = parts
  return first?.type === 'text'
    ? [{ type: 'choices', prompt: first.text, choices }, ...others]
    : [...parts, { type: 'choices', prompt: '', choices }]
}

/** What the phone shows of a message; throws `Wrong` for what VK refuses. */
export function partsOf(params: Json, world: World): Part[] {
  const said = text(params.message) ?? ''
  if (said.length > 9000) throw new Wrong(914)
  const [lat, lon] = [number(params.lat), number(params.long)]
  const attached = (text(params.attachment) ?? '')
    .split(',')
    .filter(Boolean)
    .map(name => attachment(name, world))
  if (attached.length > 10) throw new Wrong(100, 'attachment: too many')
  const place = lat !== undefined && lon !== undefined
  if (place && (Math.abs(lat) > 90 || Math.abs(lon) > 180)) throw new Wrong(100, 'lat or long is out of range')
  const sticker = text(params.sticker_id) ? [{ type: 'text' as const, text: `Sticker ${text(params.sticker_id)}` }] : []
  const parts: Part[] = [
    ...(said ? [{ type: 'text' as const, text: said }] : []),
    ...attached,
    ...(place ? [{ type: 'location' as const, lat, lon }] : []),
    ...sticker,
  ]
  if (!parts.length) throw new Wrong(100, 'message is empty or invalid')
  return parts
}

const shownAs = { photo: 'image', doc: 'file', audio_message: 'voice', graffiti: 'image' } as const

/** `photo-1_2` or `photo-1_2_accesskey`. */
function attachment(name: string, world: World): Part {
  const [, type, place] = /^([a-z_]+?)(-?\d+_\d+)(?:_\w+)?$/.exec(name) ?? []
  const file = world.files.get(`${type}${place}`)
  const as = shownAs[type as keyof typeof shownAs]
  if (!file || !as) throw new Wrong(100, `attachment ${name} is invalid`)
  const { mime, bytes } = file
  return { type: as, url: addressOf(file.id, world), ref: file.id, name: file.name, mime, bytes: bytes.length }
}
