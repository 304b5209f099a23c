import { wordsOf } from '../../src/domain/message.ts'
import type { Bubble } from './state.ts'

export interface Thread {
  subject: string
  mails: Bubble[]
}

/** The beginning of a mail in one line; empty for pure files. */
export const snippetOf = ({ parts }: Bubble): string =>
  parts
    .map(part => (part.type === 'mail' ? part.text : wordsOf([part])))
    .join(' ')
    .replaceAll('\n', ' ')

const subjectOf = ({ subject, parts }: Bubble): string | undefined =>
  subject ?? parts.find(part => part.type === 'mail')?.subject

const answered = /^((re|fwd?|aw|vs|sv|ответ|返信|回复)\s*:\s*)+/i

/** By subject, whoever answered; the thread that was written to last comes first. A mail without one follows what it answers. */
export function threadsOf(bubbles: Bubble[]): Thread[] {
  const threads: Thread[] = []
  for (const mail of bubbles) {
    const own = subjectOf(mail)?.replace(answered, '').trim()
    const parent = threads.find(({ mails }) => mails.some(({ id }) => id === mail.replyTo))
    const subject = own ?? (parent ?? threads[0])?.subject ?? ''
    const found = threads.findIndex(thread => thread.subject === subject)
    const [thread] = found < 0 ? [{ subject, mails: [] }] : threads.splice(found, 1)
    thread!.mails.push(mail)
    threads.unshift(thread!)
  }
  return threads
}
