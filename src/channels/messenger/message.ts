import type { InboundEvent } from '../contract.ts'
import { externalId, type Json, maybe, text } from '../kit.ts'
import { entryOf } from '../meta/chat/events.ts'
import { type About, hashed, known } from '../meta/chat/origin.ts'
import { requiredId } from '../meta/facts.ts'
import { partsOf } from './parts.ts'

/** What `send` writes into `metadata`, before its key: the echo of our own message brings it back. */
export const ourMark = 'parley:'

/** A `message`: said, pressed below the words, unsent, or written by the page itself. */
export function said(body: Json, by: About): InboundEvent[] {
  const id = requiredId(body.mid)
  if (body.is_deleted === true) return [{ type: 'deleted', ...known(by), id: externalId(`${id}:deleted`), of: id }]
  const ours = by.ours === 'ours'
  const key = ours && text(body.metadata)?.startsWith(ourMark) && text(body.metadata)!.slice(ourMark.length)
  if (key) return [echoOfOurs(id, key, by)]
  const choice = text(maybe(body.quick_reply).payload)
  if (choice !== undefined && !ours)
    return [{ type: 'chosen', ...known(by), id, choice, label: text(body.text) ?? choice }]
  const parts = partsOf(body)
  if (!parts.length) return [{ type: 'unsupported', ...known(by), id, what: ours ? 'empty echo' : 'empty message' }]
  const replyTo = text(maybe(body.reply_to).mid)
  const quoted = replyTo ? { replyTo: externalId(replyTo) } : {}
  if (ours) return [{ type: 'echo', ...known(by), id, parts, ...quoted }]
  const entry = entryOf(maybe(body.referral))
  return [{ type: 'message', ...known(by), id, parts, ...quoted, ...(entry && { entry }) }]
}

/** No second message, but the proof that it went out: it settles a send whose answer was lost. */
const echoOfOurs = (mid: string, key: string, { at, account }: About): InboundEvent => ({
  type: 'receipt',
  key: externalId(key),
  id: externalId(`echo:${mid}`),
  of: externalId(mid),
  status: 'sent',
  at,
  ...(account && { account }),
})

/** A pressed button, menu line or conversation starter. While another app has the thread the payload is left out. */
export function pressed(body: Json, by: About, raw: Json): InboundEvent[] {
  const id = text(body.mid) ? requiredId(body.mid) : hashed('postback', raw)
  const entry = entryOf(maybe(body.referral))
  const from = entry ? { entry } : {}
  const choice = text(body.payload) ?? text(body.title) ?? ''
  if (/^get_?started$/i.test(choice)) return [{ type: 'started', ...known(by), id, ...from }]
  const chosen: InboundEvent = { type: 'chosen', ...known(by), id, choice, label: text(body.title) ?? choice }
  return entry ? [{ type: 'started', ...known(by), id: externalId(`${id}:ref`), entry }, chosen] : [chosen]
}
