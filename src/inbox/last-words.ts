import type { LastMessage, Message } from '../api/shapes.ts'
import type { Part } from '../domain/message.ts'

/** The line under a name in the list. Long words are cut: the list shows one line. */
export function lastMessageOf(message: Message): LastMessage {
  const first = message.parts[0]
  return {
    id: message.id,
    direction: message.direction,
    author: message.author.name,
    kind: first?.type ?? 'text',
    text: oneLine(message.parts as Part[]),
    status: message.status,
    at: message.at,
  }
}

function oneLine(parts: readonly Part[]): string {
  for (const part of parts) {
    const words = preview(part)
    if (words) return words.replace(/\s+/g, ' ').slice(0, 160).toWellFormed()
  }
  return ''
}

function preview(part: Part): string {
  if (part.type === 'text') return part.text
  if (part.type === 'choices') return part.prompt
  if (part.type === 'chosen') return part.label
  if (part.type === 'system' || part.type === 'unsupported') return part.what
  if (part.type === 'poll') return part.question
  if (part.type === 'mail') return mailLine(part)
  if ('caption' in part && part.caption) return part.caption
  return 'name' in part ? (part.name ?? '') : ''
}

/** As mail programs show it. Phones without a field for a subject repeat the first words in it. */
function mailLine({ subject, text }: { subject: string; text: string }): string {
  const rest = text.startsWith(subject) ? text.slice(subject.length) : text
  if (rest !== text && !/^\s*\n/.test(rest)) return text
  return [subject, rest.trim()].filter(Boolean).join(' · ')
}
