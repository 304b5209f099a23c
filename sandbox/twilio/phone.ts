import type { Part } from '../../src/domain/message.ts'
import { smsOf } from '../../src/domain/sms.ts'
import type { Bubble, Person } from '../wire.ts'
import type { World } from '../world.ts'
import { isReported, sidOf, tell } from './account.ts'

/** A message as the API shows it: all numbers are text, times as in mails. */
export function messageOf(form: URLSearchParams, sid: string, world: World) {
  const account_sid = sidOf('AC', world)
  const service = form.get('MessagingServiceSid')
  const body = form.get('Body') ?? ''
  const uri = `/2010-04-01/Accounts/${account_sid}/Messages/${sid}`
  const at = world.now().toUTCString().replace('GMT', '+0000')
  return {
    sid,
    account_sid,
    messaging_service_sid: service,
    api_version: '2010-04-01',
    from: form.get('From'),
    to: form.get('To')!,
    body,
    direction: 'outbound-api',
    status: service ? 'accepted' : 'queued',
    num_segments: String(Math.max(1, smsOf(body).parts.length)),
    num_media: String(form.getAll('MediaUrl').length),
    price: null,
    price_unit: null,
    error_code: null,
    error_message: null,
    date_created: at,
    date_sent: null,
    date_updated: at,
    uri: `${uri}.json`,
    subresource_uris: { media: `${uri}/Media.json` },
  }
}

export type Message = ReturnType<typeof messageOf>

export function bubbleOf(
  form: URLSearchParams,
  sid: string,
  { person, world }: { person: Person; world: World },
): Bubble {
  const body = form.get('Body')
  const files = form.getAll('MediaUrl').map((url): Part => ({ type: 'file', url, state: 'pending' }))
  const parts: Part[] = [...(body ? [{ type: 'text' as const, text: body }] : []), ...files]
  return {
    id: sid,
    person: person.id,
    from: 'business',
    parts,
    at: world.now().getTime(),
    ticks: 'sent',
    reactions: [],
  }
}

/** The carrier takes the message, fetches its files first, and reports. Nobody is told of the very first status. */
export async function arrive(message: Message, form: URLSearchParams, world: World): Promise<void> {
  const files = await Promise.all(
    form.getAll('MediaUrl').map((url, index) => fetched(url, `${message.sid}-${index}`, world)),
  )
  if (files.includes(undefined)) return report(message, { status: 'failed', ErrorCode: '11200' }, world)
  report(message, { status: 'sent' }, world)
  if (!world.bubble(message.sid)) return report(message, { status: 'undelivered', ErrorCode: '30005' }, world)
  const parts = world.bubble(message.sid)!.parts.filter(part => part.type === 'text')
  world.change(message.sid, { ticks: 'delivered', parts: [...parts, ...files.map(file => file!)] })
  report(message, { status: 'delivered', RawDlrDoneDate: stamp(world.now()) }, world)
}

/** `YYMMDDhhmm`. */
const stamp = (at: Date): string => at.toISOString().replace(/\D/g, '').slice(2, 12)

function report(
  message: Message,
  { status, ...more }: { status: string } & Record<string, string>,
  world: World,
): void {
  if (!isReported(message.sid, world)) return
  const { sid, to, from, messaging_service_sid: service } = message
  const numbers = { To: to, From: from ?? '', ...(service && { MessagingServiceSid: service }) }
  const said = { SmsSid: sid, MessageSid: sid, SmsStatus: status, MessageStatus: status, ...more }
  tell(status, { ...said, ...numbers, AccountSid: sidOf('AC', world), ApiVersion: '2010-04-01' }, world)
}

/** What the phone shows of a file; undefined when it cannot be had. */
async function fetched(url: string, id: string, world: World): Promise<Part | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) })
    const bytes = new Uint8Array(await answer.arrayBuffer())
    if (!answer.ok || bytes.length > 5_000_000) return undefined
    const mime = answer.headers.get('content-type')?.split(';')[0] ?? 'application/octet-stream'
    const [kind] = mime.split('/')
    const type = kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'file'
    world.files.set(id, { id, bytes, mime, name: type })
    return { type, url: `${world.baseUrl}/store/${id}`, ref: id, mime, bytes: bytes.length }
  } catch {
    return undefined
  }
}
