import type { Part } from '../../domain/message.ts'
import type { InboundEvent } from '../contract.ts'
import { externalId, type Json, maybe, text } from '../kit.ts'
import { entryOf } from '../meta/chat/events.ts'
import { type About, hashed, known } from '../meta/chat/origin.ts'
import { requiredId } from '../meta/facts.ts'
import { partsOf } from './parts.ts'

/** A `message`: said, pressed below the words, unsent, or written by the account itself. */
export function said(body: Json, by: About): InboundEvent[] {
  const id = requiredId(body.mid)
  if (body.is_deleted === true) return [{ type: 'deleted', ...known(by), id: externalId(`${id}:deleted`), of: id }]
  const ours = by.ours === 'ours'
  const choice = text(maybe(body.quick_reply).payload)
  if (choice !== undefined && !ours)
    return [{ type: 'chosen', ...known(by), id, choice, label: text(body.text) ?? choice }]
  const parts = [...storyOf(maybe(body.reply_to)), ...partsOf(body)]
  if (!parts.length) return [{ type: 'unsupported', ...known(by), id, what: ours ? 'empty echo' : 'empty message' }]
  const replyTo = text(maybe(body.reply_to).mid)
  const quoted = replyTo ? { replyTo: externalId(replyTo) } : {}
  // What Parley sent comes back too, with nothing of ours in it but the id that the answer gave.
  if (ours) return [{ type: 'echo', ...known(by), id, parts, ...quoted }]
  const entry = entryOf(maybe(body.referral))
  return [{ type: 'message', ...known(by), id, parts, ...quoted, ...(entry && { entry }) }]
}

/** The story that is answered: as a link, because it belongs to the day and must not be stored. */
function storyOf({ story }: Json): Part[] {
  const { id, url } = maybe(story)
  if (!text(id) && !text(url)) return []
  const link: Part[] = text(url) ? [{ type: 'link', url: text(url)! }] : []
  return [{ type: 'system', what: 'story-reply' }, ...link]
}

/** A pressed button, menu line or conversation starter. While another app has the thread the payload is left out. */
export function pressed(body: Json, by: About, raw: Json): InboundEvent[] {
  const id = text(body.mid) ? requiredId(body.mid) : hashed('postback', raw)
  const entry = entryOf(maybe(body.referral))
  const choice = text(body.payload) ?? text(body.title) ?? ''
  const chosen: InboundEvent = { type: 'chosen', ...known(by), id, choice, label: text(body.title) ?? choice }
  return entry ? [{ type: 'started', ...known(by), id: externalId(`${id}:ref`), entry }, chosen] : [chosen]
}
