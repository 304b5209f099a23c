import type { Capabilities } from './capabilities.ts'
import { isMedia, type MediaPart, type Part } from './message.ts'
import { size, split } from './split.ts'

/** What `fit` did or could not do, by a code that screens translate. */
export interface Remark {
  code:
    | 'text-split'
    | 'choices-numbered'
    | 'choices-listed'
    | 'location-link'
    | 'contact-text'
    | 'poll-text'
    | 'link-text'
    | 'caption-apart'
    | 'media-as-file'
    | 'no-templates'
    | 'template-values'
    | 'no-media'
    | 'media-too-large'
    | 'media-kind'
    | 'media-not-ready'
    | 'nothing-to-send'
    | 'not-sayable'
    | 'opted-out'
    | 'never-wrote'
    | 'window-closed'
    | 'private-one'
    | 'private-late'
    | 'private-not-here'
  values?: Record<string, string | number>
}

export type Fitted = { ok: true; pieces: Part[]; changes: Remark[] } | { ok: false; refusals: Remark[] }

interface Bench {
  can: Capabilities
  pieces: Part[]
  changes: Remark[]
  refusals: Remark[]
}

/** What this network will really show. Nothing is cut in silence: every fallback is told, what cannot be helped is refused. */
export function fit(parts: readonly Part[], can: Capabilities): Fitted {
  const bench: Bench = { can, pieces: [], changes: [], refusals: [] }
  for (const part of parts) fitPart(part, bench)
  if (!bench.pieces.length && !bench.refusals.length) bench.refusals.push({ code: 'nothing-to-send' })
  return bench.refusals.length
    ? { ok: false, refusals: bench.refusals }
    : { ok: true, pieces: bench.pieces, changes: bench.changes }
}

function fitPart(part: Part, bench: Bench): void {
  if (isMedia(part)) return fitMedia(part, bench)
  switch (part.type) {
    case 'text':
      return fitText(part.text, bench)
    case 'choices':
      return fitChoices(part, bench)
    case 'location':
      return fitLocation(part, bench)
    case 'contact':
      if (bench.can.contact) return void bench.pieces.push(part)
      bench.changes.push({ code: 'contact-text' })
      return fitText(
        [part.name, part.company, ...part.phones, ...(part.emails ?? [])].filter(Boolean).join('\n'),
        bench,
      )
    case 'poll':
      return fitPoll(part, bench)
    case 'link':
      bench.changes.push({ code: 'link-text' })
      return fitText([part.title, part.text, part.url].filter(Boolean).join('\n'), bench)
    case 'template':
      return void (bench.can.templates ? bench.pieces.push(part) : bench.refusals.push({ code: 'no-templates' }))
    default:
      bench.refusals.push({ code: 'not-sayable', values: { type: part.type } })
  }
}

function fitText(text: string, { can, pieces, changes }: Bench): void {
  if (!text.trim()) return
  const cut = split(text, can.text.max, can.text.unit)
  if (cut.length > 1) changes.push({ code: 'text-split', values: { pieces: cut.length, max: can.text.max } })
  pieces.push(...cut.map(piece => ({ type: 'text', text: piece }) as const))
}

function fitChoices(part: Part & { type: 'choices' }, bench: Bench): void {
  const room = bench.can.choices
  if (room && size(part.prompt, 'codepoints') <= room.prompt) {
    if (holds(part, room)) return void bench.pieces.push(part)
    if (room.list && holds(part, room.list)) {
      bench.changes.push({ code: 'choices-listed', values: { count: part.choices.length, max: room.max } })
      return void bench.pieces.push(part)
    }
  }
  bench.changes.push({ code: 'choices-numbered', values: { count: part.choices.length } })
  fitText(`${part.prompt}\n${part.choices.map((c, i) => `${i + 1}. ${c.label}`).join('\n')}`, bench)
}

const holds = (
  part: Part & { type: 'choices' },
  room: { max: number; label: number; id: number; description?: number },
) =>
  part.choices.length <= room.max &&
  part.choices.every(
    c =>
      size(c.label, 'codepoints') <= room.label &&
      size(c.id, 'bytes') <= room.id &&
      size(c.description ?? '', 'codepoints') <= (room.description ?? 0),
  )

function fitLocation(part: Part & { type: 'location' }, bench: Bench): void {
  if (bench.can.location) return void bench.pieces.push(part)
  bench.changes.push({ code: 'location-link' })
  const link = `https://www.openstreetmap.org/?mlat=${part.lat}&mlon=${part.lon}#map=17/${part.lat}/${part.lon}`
  fitText([part.name, part.address, link].filter(Boolean).join('\n'), bench)
}

function fitPoll(part: Part & { type: 'poll' }, bench: Bench): void {
  const room = bench.can.poll
  if (room && part.options.length <= room.options && size(part.question, 'codepoints') <= room.question)
    return void bench.pieces.push(part)
  bench.changes.push({ code: 'poll-text' })
  fitText(`${part.question}\n${part.options.map((o, i) => `${i + 1}. ${o.label}`).join('\n')}`, bench)
}

function fitMedia(part: MediaPart, bench: Bench): void {
  if (part.state && part.state !== 'ready')
    return void bench.refusals.push({ code: 'media-not-ready', values: { name: part.name ?? '' } })
  const as = takenAs(part, bench.can)
  if (!as) return void bench.refusals.push(whyNot(part, bench.can))
  if (as !== part.type)
    bench.changes.push({ code: 'media-as-file', values: { type: part.type, name: part.name ?? '' } })
  const { caption = '', ...bare } = part
  const room = bench.can.media[as]!
  if (size(caption, bench.can.text.unit) <= room.caption) return void bench.pieces.push({ ...part, type: as })
  bench.changes.push({ code: 'caption-apart' })
  bench.pieces.push({ ...bare, type: as })
  fitText(caption, bench)
}

/** As what the network takes it: as itself, as a file, or not at all. */
function takenAs(part: MediaPart, can: Capabilities): MediaPart['type'] | undefined {
  return ([part.type, 'file'] as const).find(type => {
    const room = can.media[type]
    return (
      room &&
      (part.bytes ?? 0) <= room.maxBytes &&
      (!room.mimes || !part.mime || room.mimes.includes(part.mime.split(';')[0]!.trim().toLowerCase()))
    )
  })
}

function whyNot(part: MediaPart, can: Capabilities): Remark {
  const room = can.media[part.type] ?? can.media.file
  if (!room) return { code: 'no-media', values: { type: part.type } }
  if ((part.bytes ?? 0) > room.maxBytes)
    return { code: 'media-too-large', values: { type: part.type, name: part.name ?? '', max: room.maxBytes } }
  return { code: 'media-kind', values: { type: part.type, name: part.name ?? '', mime: part.mime ?? '' } }
}
