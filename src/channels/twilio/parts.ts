import type { MediaPart, MediaType, Part } from '../../domain/message.ts'
import { number, present } from '../kit.ts'
import type { Form } from './parse.ts'

/** What a customer's message consists of. */
export function partsOf(form: Form, sid: string): Part[] {
  const files = filesOf(form)
  const place = placeOf(form)
  return [
    ...(form.Body ? [{ type: 'text' as const, text: form.Body }] : []),
    ...(place ? [place] : []),
    ...(files.length > 1 ? files.map(file => ({ ...file, album: sid })) : files),
  ]
}

const most = 100

function filesOf(form: Form): MediaPart[] {
  const count = Math.min(number(form.NumMedia) ?? 0, most)
  return Array.from({ length: Math.max(0, Math.ceil(count)) }, (_, i) => fileOf(form, i)).filter(
    file => file !== undefined,
  )
}

function fileOf(form: Form, index: number): MediaPart | undefined {
  const ref = form[`MediaUrl${index}`]
  const mime = form[`MediaContentType${index}`]?.split(';')[0]?.trim()
  const type = kindOf(mime, form.MessageType)
  if (ref) return { type, url: '', ref, state: 'pending', ...present({ mime }) }
  return { type, url: '', state: 'failed', failure: 'Twilio gave no address to fetch this file from' }
}

function kindOf(mime = '', said = ''): MediaType {
  if (said === 'sticker' || said === 'voice') return said
  const [kind] = mime.split('/')
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'file'
}

function placeOf(form: Form): Part | undefined {
  const [lat, lon] = [number(form.Latitude), number(form.Longitude)]
  if (lat === undefined || lon === undefined) return undefined
  return { type: 'location', lat, lon, ...present({ name: form.Label, address: form.Address }) }
}
