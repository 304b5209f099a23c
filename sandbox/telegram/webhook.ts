import type { TelegramUpdate } from '@gramio/types'
import type { World } from '../world.ts'
import { type Desk, deskOf } from './desk.ts'
import { type Fields, integerOf, objectOf, textOf, trueIn } from './fields.ts'
import { bad, Refusal } from './refusal.ts'

/** An answer that says in words what was done, beside its result. */
export class Told {
  result: unknown
  description: string
  constructor(result: unknown, description: string) {
    this.result = result
    this.description = description
  }
}

export function setWebhook(fields: Fields, world: World): Told {
  const url = textOf(fields, 'url') ?? ''
  if (!url) return deleteWebhook(fields, world)
  const secret = textOf(fields, 'secret_token')
  checkUrl(url)
  if (secret !== undefined && !/^[A-Za-z0-9_-]{0,256}$/.test(secret))
    throw bad('secret token contains unallowed characters')
  const desk = deskOf(world)
  const same = world.webhookUrl === url
  desk.secret = secret || null
  remember(fields, desk)
  const waited = trueIn(fields, 'drop_pending_updates') ? [] : (desk.polled ?? [])
  desk.polled = undefined
  world.webhookUrl = url
  for (const update of waited) world.emit('kept update', update)
  return new Told(true, same ? 'Webhook is already set' : 'Webhook was set')
}

function remember(fields: Fields, desk: Desk): void {
  const allowed = objectOf<string[]>(fields, 'allowed_updates')
  // Once given, the list holds until another is given.
  if (allowed) desk.allowed = allowed
  desk.allowed ??= []
}

/** Plain HTTP passes to this machine only, as the Bot API server of one's own allows it. */
function checkUrl(address: string): void {
  if (!URL.canParse(address)) throw bad('bad webhook: Failed to resolve host: Name or service not known')
  const { protocol, hostname, port } = new URL(address)
  if (/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname)) return
  if (protocol !== 'https:') throw bad('bad webhook: An HTTPS URL must be provided for webhook')
  if (!['', '443', '80', '88', '8443'].includes(port))
    throw bad('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443')
}

export function deleteWebhook(fields: Fields, world: World): Told {
  const desk = deskOf(world)
  const was = world.webhookUrl !== undefined
  world.webhookUrl = undefined
  desk.polled = trueIn(fields, 'drop_pending_updates') ? [] : (desk.polled ?? [])
  return new Told(true, was ? 'Webhook was deleted' : 'Webhook is already deleted')
}

export function getWebhookInfo(_fields: Fields, world: World): object {
  const desk = deskOf(world)
  return {
    url: world.webhookUrl ?? '',
    has_custom_certificate: false,
    pending_update_count: desk.polled?.length ?? 0,
    ...(world.webhookUrl && { max_connections: 40, ip_address: '127.0.0.1' }),
    ...(desk.allowed?.length && { allowed_updates: desk.allowed }),
  }
}

/** The other way to receive. A second poller throws the first one out, a webhook refuses both. */
export async function getUpdates(fields: Fields, world: World): Promise<TelegramUpdate[]> {
  if (world.webhookUrl)
    throw new Refusal(
      409,
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )
  const desk = deskOf(world)
  remember(fields, desk)
  const offset = integerOf(fields, 'offset')
  const waiting = (desk.polled ?? []).filter(update => update.update_id >= offset)
  desk.polled = waiting
  desk.poller?.('another')
  const why = waiting.length ? 'news' : await patience(integerOf(fields, 'timeout'), desk)
  if (why === 'another')
    throw new Refusal(
      409,
      'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    )
  return (desk.polled ?? []).slice(0, Math.min(Math.max(integerOf(fields, 'limit') || 100, 1), 100))
}

function patience(timeout: number, desk: Desk): Promise<'news' | 'late' | 'another'> {
  if (timeout <= 0) return Promise.resolve('late')
  return new Promise(done => {
    const end = (why: 'news' | 'late' | 'another') => {
      clearTimeout(timer)
      desk.poller = undefined
      done(why)
    }
    const timer = setTimeout(() => end('late'), Math.min(timeout, 50) * 1000)
    timer.unref()
    desk.poller = end
  })
}
