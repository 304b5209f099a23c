import type { InboundEvent } from '../contract.ts'
import { externalId, type Json, maybe, present, text } from '../kit.ts'
import { commenter } from '../meta/chat/comments.ts'
import { hashed, onPage } from '../meta/chat/origin.ts'
import { requiredId, timeOf } from '../meta/facts.ts'

/** A comment below a post, a reel, an ad or a live video: one conversation for each person and medium. */
export function comment(value: Json, entry: Json): InboundEvent {
  const id = requiredId(value.id)
  const author = maybe(value.from)
  const media = maybe(value.media)
  const at = timeOf(entry.time)
  // Also what was written in the app: it names the comment it answers, but not whose that is.
  if (author.id !== undefined && text(author.id) === text(entry.id))
    return { type: 'receipt', id: externalId(`comment:${id}`), of: id, status: 'sent', at, ...onPage(entry) }
  const username = text(author.username)
  const by = {
    id,
    from: commenter(text(media.id) ?? id, author),
    at,
    ...(username && { sender: { name: username, username } }),
    ...onPage(entry),
  }
  const words = text(value.text)
  if (!words) return { type: 'unsupported', ...by, what: 'comment without words' }
  const parent = text(value.parent_id)
  const ad = text(media.ad_id)
  return {
    type: 'message',
    ...by,
    parts: [{ type: 'text', text: words }],
    ...(parent && { replyTo: externalId(parent) }),
    ...(ad && { entry: { ref: ad, source: 'ads' } }),
  }
}

/** Somebody named the account below a post or in a caption: Meta does not say who, nor what the words were. */
export const mention = (value: Json, entry: Json): InboundEvent => ({
  type: 'account',
  id: hashed('mention', entry.id, value),
  at: timeOf(entry.time),
  what: 'mentioned',
  detail: Object.entries(present({ media: text(value.media_id), comment: text(value.comment_id) }))
    .map(pair => pair.join(' '))
    .join(', '),
  level: 'note',
  ...onPage(entry),
})
