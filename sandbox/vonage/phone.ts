import { type Json, maybe, text } from '../../src/channels/kit.ts'
import type { Part } from '../../src/domain/message.ts'
import { smsOf } from '../../src/domain/sms.ts'
import type { Bubble, Person } from '../wire.ts'
import type { World } from '../world.ts'

export function bubbleOf(message: Json, id: string, { person, world }: { person: Person; world: World }): Bubble {
  const parts = partsOf(message, 'pending')
  return { id, person: person.id, from: 'business', parts, at: world.now().getTime(), ticks: 'sent', reactions: [] }
}

function partsOf(message: Json, state: 'pending' | 'ready', more: object = {}): Part[] {
  const type = text(message.message_type) ?? ''
  if (type === 'text') return [{ type, text: text(message.text) ?? '' }]
  const { url, caption } = maybe(message[type])
  const kind = type === 'image' || type === 'video' || type === 'audio' ? type : 'file'
  return [{ type: kind, url: text(url) ?? '', state, ...(text(caption) && { caption: text(caption)! }), ...more }]
}

/** The carrier takes the message, fetches its file first, and reports. */
export async function arrive(message: Json, uuid: string, world: World): Promise<void> {
  const person = [...world.people.values()].find(({ phone }) => phone === text(message.to))
  const about = { message, uuid, world }
  if (person?.blocked) return report('rejected', about, [1240, 'Illegal Number'])
  const file = await fetched(text(maybe(message[String(message.message_type)]).url), uuid, world)
  if (file === undefined) return report('rejected', about, [1380, 'Resource not found'])
  report('submitted', about)
  if (!person) return report('undeliverable', about, [1190, 'Absent subscriber, permanent'])
  world.change(uuid, { ticks: 'delivered', parts: partsOf(message, 'ready', file) })
  report('delivered', about)
}

interface About {
  message: Json
  uuid: string
  world: World
}

function report(status: string, { message, uuid, world }: About, error?: readonly [number, string]): void {
  const [code, detail] = error ?? []
  const words = text(message.text)
  world.emit(status, {
    message_uuid: uuid,
    to: message.to,
    from: message.from,
    timestamp: world.now().toISOString(),
    status,
    channel: message.channel,
    ...(message.client_ref !== undefined && { client_ref: message.client_ref }),
    ...(code && {
      error: {
        type: `https://developer.vonage.com/api-errors/messages#${code}`,
        title: code,
        detail,
        instance: 'bf0ca0bf927b3b52e3cb03217e1a1ddf',
      },
    }),
    ...(words && { sms: { count_total: String(smsOf(words).parts.length) } }),
    usage: { currency: 'EUR', price: '0.0333' },
  })
}

/** What the phone keeps of a file; nothing of a text, undefined when it cannot be had. */
async function fetched(url: string | undefined, id: string, world: World): Promise<object | undefined> {
  if (!url) return {}
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) })
    const bytes = new Uint8Array(await answer.arrayBuffer())
    if (!answer.ok || bytes.length > 1_000_000) return undefined
    const mime = answer.headers.get('content-type')?.split(';')[0] ?? 'application/octet-stream'
    world.files.set(id, { id, bytes, mime, name: 'file' })
    return { url: `${world.baseUrl}/v3/media/${id}`, ref: id, mime, bytes: bytes.length }
  } catch {
    return undefined
  }
}
