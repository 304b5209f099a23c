import type { MediaPart, Part } from '../../domain/message.ts'
import type { InboundEvent } from '../contract.ts'
import { externalId, type Json, list, maybe, text } from '../kit.ts'
import { commenter } from '../meta/chat/comments.ts'
import { lost, onPage } from '../meta/chat/origin.ts'
import { requiredId, timeOf } from '../meta/facts.ts'
import { file } from './parts.ts'

const posts = ['post', 'status', 'photo', 'video', 'share', 'album']

/** A comment below a post, or a post on the page: one conversation for each person and post. */
export function feed(value: Json, entry: Json): InboundEvent[] {
  const item = text(value.item) ?? 'item'
  const verb = text(value.verb) ?? 'add'
  if (item !== 'comment' && !posts.includes(item)) return [lost(`feed ${item} ${verb}`, value, entry)]
  const id = requiredId(item === 'comment' ? value.comment_id : value.post_id)
  const author = maybe(value.from)
  // Edits and removals repeat `created_time`; only the entry tells when they happened.
  const at = timeOf(verb === 'add' ? (value.created_time ?? entry.time) : entry.time)
  // Also what was written in Meta's own app: it names the comment it answers, but not whose that is.
  if (author.id !== undefined && text(author.id) === text(entry.id))
    return [{ type: 'receipt', id: externalId(`feed:${verb}:${id}`), of: id, status: 'sent', at, ...onPage(entry) }]
  const name = text(author.name)
  const by = {
    from: commenter(text(value.post_id) ?? id, author),
    at,
    ...(name && { sender: { name } }),
    ...onPage(entry),
  }
  const step = externalId(`${id}:${verb}:${text(entry.time) ?? ''}`)
  if (verb === 'remove') return [{ type: 'deleted', ...by, id: step, of: id }]
  if (verb === 'hide' || verb === 'unhide')
    return [{ type: 'happened', ...by, id: step, what: verb === 'hide' ? 'comment-hidden' : 'comment-shown' }]
  const parts = partsOf(value)
  if (!parts.length) return [{ type: 'unsupported', ...by, id, what: `feed ${item} ${verb}` }]
  if (verb === 'edit' || verb === 'edited') return [{ type: 'edited', ...by, id: step, of: id, parts }]
  const parent = text(value.parent_id)
  const replyTo = parent && parent !== text(value.post_id) ? { replyTo: externalId(parent) } : {}
  return [{ type: 'message', ...by, id, parts, ...replyTo }]
}

function partsOf(value: Json): Part[] {
  const words: Part[] = text(value.message) ? [{ type: 'text', text: text(value.message)! }] : []
  const photos = [value.photo, ...list(value.photos)].flatMap(url => (text(url) ? [file('image', text(url)!)] : []))
  const video = text(value.video) ? [file('video', text(value.video)!) as MediaPart] : []
  // With a photo `link` leads to the same photo once more.
  const bare = !photos.length && !video.length && text(value.link)
  return [...words, ...photos, ...video, ...(bare ? [{ type: 'link' as const, url: bare }] : [])]
}
