import type { InboundEvent } from '../contract.ts'
import { externalId, type Json, maybe, milliseconds, number, text } from '../kit.ts'
import { edited, entryOf } from '../meta/chat/events.ts'
import { type About, about, hashed, known, lost } from '../meta/chat/origin.ts'
import { requiredId } from '../meta/facts.ts'
import { pressed, said } from './message.ts'

type Read = (body: Json, by: About, raw: Json) => InboundEvent[]

/** One item of `messaging` or `standby`. */
export function messaging(raw: Json, entry: Json): InboundEvent[] {
  const [key, reader] = Object.entries(readers).find(([name]) => typeof raw[name] === 'object' && raw[name]) ?? []
  if (key && reader) return reader(maybe(raw[key]), about(raw, entry), raw)
  const what = `event ${Object.keys(raw).filter(name => !/^(sender|recipient|timestamp)$/.test(name))}`
  return [{ type: 'unsupported', ...known(about(raw, entry)), id: hashed('event', raw), what: what.slice(0, 80) }]
}

const handover =
  (what: string): Read =>
  (body, by, raw) => {
    const apps = ['previous', 'new', 'requested'].flatMap(which => {
      const app = text(body[`${which}_owner_app_id`])
      return app ? [[which, app]] : []
    })
    const values = apps.length ? { values: Object.fromEntries(apps) as Record<string, string> } : {}
    return [{ type: 'happened', ...known(by), id: hashed(what, raw), what, ...values }]
  }

const readers: Record<string, Read> = {
  message: said,
  postback: pressed,
  reaction,
  message_edit: edited,
  read,
  referral: (body, by, raw) => {
    const entry = entryOf(body)
    return [{ type: 'started', ...known(by), id: hashed('referral', raw), ...(entry && { entry }) }]
  },
  optin: (body, by, raw) => {
    const given = body.notification_messages_status !== 'STOP_NOTIFICATIONS'
    return [{ type: 'consent', ...known(by), id: hashed('optin', raw), given, purpose: 'marketing' }]
  },
  pass_thread_control: handover('thread-control-passed'),
  take_thread_control: handover('thread-control-taken'),
  request_thread_control: handover('thread-control-requested'),
}

function reaction(body: Json, by: About, raw: Json): InboundEvent[] {
  const id = hashed('reaction', raw)
  // Our own reactions would be shown as the customer's.
  if (by.ours === 'ours') return [lost('reaction of the account', raw, { id: by.account })]
  const shown = text(body.emoji) || (body.reaction === 'love' ? '❤️' : '❓')
  return [
    { type: 'reaction', ...known(by), id, of: requiredId(body.mid), emoji: body.action === 'unreact' ? '' : shown },
  ]
}

/** Names the newest message that was seen; whatever was sent before it was seen as well. */
function read(body: Json, by: About): InboundEvent[] {
  const { at, account } = by
  const page = account ? { account } : {}
  const mid = text(body.mid)
  const seen: InboundEvent[] = mid
    ? [{ type: 'receipt', id: externalId(`read:${mid}`), of: externalId(mid), status: 'read', at, ...page }]
    : []
  const until = milliseconds(number(body.watermark) ?? at.getTime())
  const id = externalId(`read:${by.from}:${until.getTime()}`)
  return [...seen, { type: 'watermark', ...known(by), id, until, status: 'read' }]
}
