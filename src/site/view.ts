import { isMedia, type MediaPart, type Part, type Reaction } from '../domain/message.ts'
import { addressOf, type MediaHouse } from './files.ts'
import type { MessageRow, Read } from './history.ts'
import type { VisitorFrame, VisitorMessage, VisitorPart } from './shapes.ts'

/** What the visitor sees of these messages. What only agents see (happenings, unreadable events) leaves nothing. */
export const frameOf = (read: Partial<Read> & { rows: MessageRow[] }, house: MediaHouse): VisitorFrame => ({
  ...(read.seq !== undefined && { seq: read.seq }),
  ...(read.reset && { reset: true as const }),
  ...(read.more !== undefined && { more: read.more }),
  ...(read.unseen !== undefined && { unseen: read.unseen }),
  messages: read.rows.flatMap(row => seen(row, house) ?? []),
})

function seen(row: MessageRow, house: MediaHouse): VisitorMessage | undefined {
  const parts = row.deleted_at ? [] : row.parts.flatMap(part => seenPart(part, house) ?? [])
  if (!parts.length && !row.deleted_at) return undefined
  const ref = row.external_id ?? row.acks?.[0] ?? `m${row.id}`
  const mine = row.direction === 'in'
  return {
    id: row.id,
    ref,
    from: mine ? 'visitor' : 'business',
    ...(!mine && { acks: row.acks ?? [ref] }),
    ...(!mine && row.author_name && row.author_type !== 'system' && { author: row.author_name }),
    ...(row.author_type === 'bot' && { bot: true as const }),
    parts,
    status: row.status === 'read' || row.status === 'delivered' ? row.status : 'sent',
    ...(row.reply_ref && { replyTo: row.reply_ref }),
    ...(row.reactions?.length && { reactions: row.reactions.map(shown) }),
    ...(row.edited_at && { edited: true as const }),
    ...(row.deleted_at && { deleted: true as const }),
    at: row.at.toISOString(),
  }
}

const shown = ({ emoji, by }: Reaction) => ({ emoji, mine: by === 'contact' })

function seenPart(part: Part, house: MediaHouse): VisitorPart | undefined {
  if (isMedia(part)) return seenMedia(part, house)
  const text = told(part)
  if (text) return { type: 'text', text }
  // `system` and `unsupported` are for agents; the words of a template are never sent here.
  return part.type === 'system' || part.type === 'unsupported' || part.type === 'template' ? undefined : part
}

function seenMedia(part: MediaPart, house: MediaHouse): VisitorPart {
  const { type, mime, name, caption, width, height, seconds, bytes } = part
  const url = part.media ? addressOf(part.media, house) : /^https:\/\//.test(part.url) ? part.url : ''
  const kept = { type, mime, name, caption, width, height, seconds, bytes, url }
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)) as MediaPart
}

/** What the chat has no drawing of, in words. */
function told(part: Part): string | undefined {
  if (part.type === 'poll') return [part.question, ...part.options.map(o => `• ${o.label}`)].join('\n')
  if (part.type === 'mail') return part.text
  if (part.type === 'form')
    return Object.entries(part.fields)
      .map(field => field.join(': '))
      .join('\n')
  if (part.type !== 'order') return undefined
  return [part.text, ...part.items.map(i => `${i.quantity} × ${i.name ?? i.product}`)].filter(Boolean).join('\n')
}
