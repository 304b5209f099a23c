import { isDeepStrictEqual } from 'node:util'
import type { Conversation, Delivery, Message } from '../../src/api/shapes.ts'
import { type Api, everyItem } from '../harness/api.ts'
import { textOf } from '../harness/words.ts'
import type { Book } from './load.ts'

export interface Verdict {
  received: number
  answered: number
  /** Answers that Parley itself calls uncertain, and of those the ones that did reach the phone. */
  unknown: number
  unknownArrived: number
  /** Stored webhooks that nobody has worked on. */
  leftNew: number
  wrong: string[]
}

const settled = new Set(['sent', 'delivered', 'read', 'unknown'])

/** Compares what everybody said with what Parley and the phones hold. */
export async function judge(api: Api, books: readonly Book[]): Promise<Verdict> {
  const conversations = await everyItem<Conversation>(api, '/conversations?view=all&limit=200')
  const byName = new Map(conversations.map(c => [c.contact.name, c]))
  const verdict: Verdict = { received: 0, answered: 0, unknown: 0, unknownArrived: 0, leftNew: 0, wrong: [] }
  verdict.leftNew = (await api<{ items: Delivery[] }>('GET', '/deliveries?state=new&limit=200')).items.length
  if (conversations.length !== books.length)
    verdict.wrong.push(`There are ${conversations.length} conversations with ${books.length} people.`)
  for (const book of books) {
    const conversation = byName.get(book.customer.name)
    if (!conversation) verdict.wrong.push(`${book.customer.name} has no conversation.`)
    else judgeOne(book, await threadOf(api, conversation), verdict)
  }
  return verdict
}

const threadOf = async (api: Api, { id }: Conversation) =>
  (await everyItem<Message>(api, `/conversations/${id}/messages?limit=200`, 'before')).reverse()

function judgeOne({ customer, said, answered }: Book, thread: Message[], verdict: Verdict): void {
  const wrong = (what: string) => verdict.wrong.push(`${customer.name}: ${what}`)
  const came = thread.filter(m => m.direction === 'in').map(textOf)
  const answers = thread.filter(m => m.direction === 'out')
  if (!isDeepStrictEqual(came, said)) wrong(`said ${said.length}, came ${came.length}: ${firstGap(came, said)}`)
  if (!isDeepStrictEqual(answers.map(textOf), answered)) wrong(`answers: ${firstGap(answers.map(textOf), answered)}`)
  const together = thread.map(textOf)
  const turns = said.flatMap((text, n) => [text, ...(answered[n] ? [answered[n]] : [])])
  if (!isDeepStrictEqual(together, turns)) wrong(`the thread is out of order: ${firstGap(together, turns)}`)
  const phone = customer.sees().flatMap(line => (line.mine ? [] : [line.text]))
  const uncertain = new Set(answers.filter(m => m.status === 'unknown').map(textOf))
  for (const m of answers)
    if (!settled.has(m.status)) wrong(`“${textOf(m)}” is ${m.status}: ${m.failure?.detail ?? ''}`)
  if (new Set(phone).size !== phone.length) wrong(`the phone shows something twice: ${twice(phone)}`)
  const expected = answered.filter(text => !uncertain.has(text) || phone.includes(text))
  if (!isDeepStrictEqual(phone, expected)) wrong(`the phone: ${firstGap(phone, expected)}`)
  verdict.received += came.length
  verdict.answered += answers.length
  verdict.unknown += uncertain.size
  verdict.unknownArrived += phone.filter(text => uncertain.has(text)).length
}

function firstGap(are: readonly string[], should: readonly string[]): string {
  const n = Array.from({ length: Math.max(are.length, should.length) }).findIndex((_, i) => are[i] !== should[i])
  return n < 0 ? 'nothing' : `at ${n + 1} stands “${are[n]}”, should be “${should[n]}”`
}

const twice = (texts: readonly string[]): string => texts.find((text, n) => texts.indexOf(text) !== n) ?? ''
