import { isMedia, type MediaPart, type MediaType, type Part } from '../../domain/message.ts'
import { type Json, maybe, number, present, records, text } from '../kit.ts'
import { strangeIn } from './envelope.ts'
import { nameOf } from './origin.ts'
import { richFiles, richWords } from './rich.ts'

/** What a message says. Empty when it says nothing that we know: it then is a service message or something new. */
export function partsOf(message: Json): Part[] {
  const read = Object.entries(readers).flatMap(([key, reader]) => (message[key] === undefined ? [] : reader(message)))
  const found = read.filter(part => part.type !== 'text' || part.text)
  const caption = text(message.caption)
  const first = found.find(isMedia)
  if (!caption) return found
  if (!first) return [{ type: 'text', text: caption }, ...(found.length ? found : unread(message))]
  first.caption = caption
  return found
}

/** A caption of something that nobody here knows must not stand alone. */
function unread(message: Json): Part[] {
  const what = strangeIn(message)
  return what ? [{ type: 'unsupported', what }] : []
}

/** In the order they are shown. Telegram repeats an animation as document and a venue as location: read once. */
const readers: Record<string, (message: Json) => Part[]> = {
  text: m => [{ type: 'text', text: text(m.text) ?? '' }, ...hiddenLinks(m)],
  rich_message: m => rich(maybe(m.rich_message)),
  photo: m => photo(m.photo, m),
  live_photo: m => [...(m.photo ? [] : photo(maybe(m.live_photo).photo, m)), ...file('video', m.live_photo, m)],
  video: m => file('video', m.video, m),
  animation: m => file('video', m.animation, m),
  video_note: m => file('video', m.video_note, m),
  audio: m => file('audio', m.audio, m),
  voice: m => file('voice', m.voice, m),
  document: m => (m.animation ? [] : file('file', m.document, m)),
  sticker: m => sticker(maybe(m.sticker)),
  paid_media: m => records(maybe(m.paid_media).paid_media).flatMap(item => paid(item, m)),
  location: m => (m.venue ? [] : [location(maybe(m.location))]),
  venue: m => [venue(maybe(m.venue))],
  contact: m => [contact(maybe(m.contact))],
  poll: m => [poll(maybe(m.poll))],
  checklist: m => [{ type: 'text', text: checklist(maybe(m.checklist)) }],
  dice: m => [{ type: 'text', text: words([maybe(m.dice).emoji, maybe(m.dice).value]) }],
  game: m => [
    { type: 'text', text: lines([maybe(m.game).title, maybe(m.game).description]) },
    ...photo(maybe(m.game).photo, m),
  ],
  story: () => [{ type: 'unsupported', what: 'story' }],
  web_app_data: m => [form(maybe(m.web_app_data))],
}

const words = (some: unknown[]): string => some.map(text).filter(Boolean).join(' ')
const lines = (some: unknown[]): string => some.map(text).filter(Boolean).join('\n')

/** Sizes come smallest first as a rule, but only as a rule. */
function photo(sizes: unknown, message: Json): Part[] {
  const area = (size: Json) => (number(size.width) ?? 0) * (number(size.height) ?? 0)
  const largest = records(sizes).sort((a, b) => area(b) - area(a))[0]
  return largest ? file('image', { mime_type: 'image/jpeg', ...largest }, message) : []
}

function file(type: MediaType, raw: unknown, message: Json): Part[] {
  const it = maybe(raw)
  const title = [it.performer, it.title].filter(Boolean).join(' – ')
  const part: MediaPart = {
    type,
    url: '',
    ...(text(it.file_id) ? { ref: text(it.file_id)!, state: 'pending' } : nameless),
    ...present({
      bytes: size(it.file_size),
      mime: text(it.mime_type),
      name: text(it.file_name) ?? title,
      width: size(it.width) ?? size(it.length),
      height: size(it.height) ?? size(it.length),
      seconds: size(it.duration),
      album: text(message.media_group_id),
    }),
  }
  return [part]
}

const nameless = { state: 'failed', failure: 'Telegram named no file.' } as const

function size(value: unknown): number | undefined {
  const n = number(value)
  return n !== undefined && n >= 0 ? n : undefined
}

function sticker(it: Json): Part[] {
  const mime = it.is_animated ? 'application/x-tgsticker' : it.is_video ? 'video/webm' : 'image/webp'
  return file('sticker', { ...it, mime_type: mime, file_name: it.emoji }, {})
}

function paid(item: Json, message: Json): Part[] {
  if (item.photo) return photo(item.photo, message)
  const video = item.video ?? item.live_photo
  return video
    ? file('video', video, message)
    : [{ type: 'unsupported', what: `paid media ${text(item.type) ?? ''}`.trim() }]
}

function location(it: Json): Part {
  const live = it.live_period ? { live: true as const } : {}
  return { type: 'location', lat: number(it.latitude) ?? 0, lon: number(it.longitude) ?? 0, ...live }
}

const venue = (it: Json): Part => ({
  ...(location(maybe(it.location)) as Part & { type: 'location' }),
  ...present({ name: text(it.title), address: text(it.address) }),
})

/** Telegram sends e-mail addresses and the company only inside a vCard. */
function contact(it: Json): Part {
  const card = text(it.vcard) ?? ''
  const lineOf = (name: string) =>
    [...card.matchAll(new RegExp(`^${name}[^:\\r\\n]*:(.+)$`, 'gim'))].map(m => m[1]!.trim())
  const phones = [text(it.phone_number), ...lineOf('TEL')].filter(p => p !== undefined)
  const digits = (phone: string) => phone.replace(/\D/g, '')
  const emails = lineOf('EMAIL')
  return {
    type: 'contact',
    name: nameOf(it) ?? '',
    phones: phones.filter((p, i) => phones.findIndex(q => digits(q) === digits(p)) === i),
    ...present({ emails: emails.length ? emails : undefined, company: lineOf('ORG')[0]?.replaceAll(';', ' ').trim() }),
  }
}

export const poll = (it: Json): Part & { type: 'poll' } => ({
  type: 'poll',
  question: text(it.question) ?? '',
  options: records(it.options).map(o => ({ label: text(o.text) ?? '', ...present({ votes: size(o.voter_count) }) })),
})

const checklist = (it: Json): string =>
  lines([it.title, ...records(it.tasks).map(task => words([task.completion_date ? '☑' : '☐', task.text]))])

/** A Mini App sends any text; most send a JSON object. */
function form(it: Json): Part {
  const sent = text(it.data) ?? ''
  let fields: Json = { data: sent }
  try {
    const parsed: unknown = JSON.parse(sent)
    if (Object.keys(maybe(parsed)).length) fields = maybe(parsed)
  } catch {
    // Not JSON: shown as it came.
  }
  const readable = Object.entries(fields).map(([k, v]) => [k, text(v) ?? JSON.stringify(v)])
  return { type: 'form', name: text(it.button_text) ?? '', fields: Object.fromEntries(readable) }
}

/** Words that hide an address show only the words: the address is added, so that an agent sees where they lead. */
function hiddenLinks(message: Json): Part[] {
  const said = String(message.text)
  return records(message.entities)
    .filter(e => e.type === 'text_link' && text(e.url))
    .map(e => {
      const [from, length] = [number(e.offset) ?? 0, number(e.length) ?? 0]
      return { type: 'link', url: text(e.url) ?? '', title: said.slice(from, from + length) }
    })
}

function rich(it: Json): Part[] {
  const said = richWords(it.blocks)
  const files = richFiles(it.blocks).flatMap(block => [
    ...partsOf({ ...block, caption: undefined }),
    ...(block.voice_note ? file('voice', block.voice_note, {}) : []),
  ])
  return [{ type: 'text', text: said }, ...files]
}
