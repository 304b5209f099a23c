import { createHash } from 'node:crypto'
import type { InboundEvent, RawRequest } from '../contract.ts'
import { address, externalId, milliseconds, number, parseJson, present, text } from '../kit.ts'
import { automatic } from './automatic.ts'
import { contentsOf } from './contents.ts'
import { type Entity, header, leavesOf, readMail, textOf } from './mime.ts'
import { named, type Person, peopleIn } from './people.ts'
import { reported } from './reports.ts'
import { claimedId, idsIn } from './thread.ts'

/** What `listen` tells about a mail; stored with it. */
export const told = ['uid', 'uidvalidity', 'mailbox', 'folder', 'received', 'own', 'person'] as const

/** A mail with what must be known to understand it. */
export interface Mail {
  root: Entity
  id: string
  at: Date
  /** Of the mailbox: `own` are our addresses, `person` whom a signed id or address proves this to be an answer of. */
  headers: Record<string, string>
  own: string[]
  from?: Person
}

/** One mail in the bytes of RFC 5322, as the server keeps it. */
export function parse({ body, headers }: RawRequest): InboundEvent[] {
  const mail = opened(body, headers)
  if (mail.headers.folder === 'sent') return echo(mail)
  if (!mail.from) return [{ type: 'unsupported', id: externalId(mail.id), at: mail.at, what: 'mail without a sender' }]
  return reported(mail) ?? reaction(mail) ?? answered(mail) ?? [message(mail)]
}

function opened(body: Uint8Array, headers: Record<string, string>): Mail {
  const root = readMail(body)
  const id = idsIn(header(root, 'message-id'))[0] ?? `sha256:${createHash('sha256').update(body).digest('hex')}`
  const at = milliseconds(Date.parse(headers.received || header(root, 'date')) || 0)
  const own = (headers.own ?? '').split(',').filter(Boolean)
  return present({ root, id, at, headers, own, from: writer(root, own) }) as Mail
}

/** A form on the shop's own site often writes in the shop's name, and names the customer in Reply-To. */
function writer(root: Entity, own: string[]): Person | undefined {
  const [from] = ['from', 'sender', 'return-path'].flatMap(name => peopleIn(root, name))
  const [reply] = peopleIn(root, 'reply-to')
  return from && own.includes(from.address.toLowerCase()) && reply && !own.includes(reply.address.toLowerCase())
    ? reply
    : from
}

export function originOf({ id, at, from, headers }: Mail) {
  const other = headers.person && headers.person !== from!.address
  const person = other ? headers.person! : from!.address
  const aliases = person.toLowerCase() === person ? undefined : [address(person.toLowerCase())]
  const sender = other || !from!.name ? undefined : { name: from!.name }
  return present({ id: externalId(id), from: address(person), aliases, at, order: number(headers.uid), sender })
}

function message(mail: Mail): InboundEvent & { type: 'message' } {
  const { root } = mail
  const before = idsIn(header(root, 'in-reply-to'))[0] ?? idsIn(header(root, 'references')).at(-1)
  const contents = contentsOf(mail)
  return {
    type: 'message',
    ...originOf(mail),
    parts: contents.parts,
    ...(before && { replyTo: externalId(before) }),
    kept: keptOf(mail),
  }
}

/** What an answer will need. */
function keptOf(mail: Mail): Record<string, string> {
  const { root, id, from, own } = mail
  const reply = peopleIn(root, 'reply-to').find(person => !own.includes(person.address.toLowerCase()))
  const answer = reply?.address ?? from!.address
  const ids = [...idsIn(header(root, 'references')), id]
  return present({
    messageId: id,
    // The first names the thread, the last are what programs look for (RFC 5322, 3.6.4); a line has 998 characters.
    references: [...new Set(ids.length > 12 ? [ids[0]!, ...ids.slice(-11)] : ids)].join(' ').slice(-4000),
    subject: header(root, 'subject').slice(0, 500),
    to: writtenTo(mail),
    answer: answer === originOf(mail).from ? undefined : answer,
    automatic: automatic(mail),
  }) as Record<string, string>
}

/** The address of ours that it was written to: the answer comes from there. */
function writtenTo({ root, own }: Mail): string | undefined {
  const all = ['to', 'cc', 'delivered-to', 'x-original-to'].flatMap(name => peopleIn(root, name))
  const bare = all.map(person => person.address.toLowerCase().replace(/\+[^@]*@/, '@'))
  return own.find(one => bare.includes(one) || all.some(person => person.address.toLowerCase() === one))
}

/** Answers of machines are a line in the thread and no message: nothing can answer them, so nothing can go round. */
function answered(mail: Mail): InboundEvent[] | undefined {
  const kind = automatic(mail)
  // Our own mail that came back to us, over a list or an alias.
  if (claimedId(mail.id) && mail.own.includes(mail.from!.address.toLowerCase())) return []
  if (kind !== 'reply') return undefined
  const { subject, text: words } = contentsOf(mail).words
  return [{ type: 'happened', ...originOf(mail), what: 'auto-reply', values: { subject, text: words.slice(0, 4000) } }]
}

/** Gmail's reactions: a part of their own beside words for other programs. */
function reaction(mail: Mail): InboundEvent[] | undefined {
  const leaf = leavesOf(mail.root).find(({ type }) => type === 'text/vnd.google.email-reaction+json')
  const [of] = idsIn(header(mail.root, 'in-reply-to'))
  if (!leaf || !of) return undefined
  try {
    const emoji = text((parseJson(textOf(leaf)) as { emoji?: unknown }).emoji)
    return emoji ? [{ type: 'reaction', ...originOf(mail), of: externalId(of), emoji }] : undefined
  } catch {
    return undefined
  }
}

/** Sent from our mailbox: by Parley, which settles what became of it, or by somebody in another program. */
function echo(mail: Mail): InboundEvent[] {
  const { id, at, root } = mail
  const ours = claimedId(id)
  const receipt = { type: 'receipt', id: externalId(`${id} sent`), of: externalId(id), status: 'sent', at } as const
  if (ours) return [{ ...receipt, key: ours.key }]
  const [to] = peopleIn(root, 'to')
  if (!to) return []
  const [before] = idsIn(header(root, 'in-reply-to'))
  const { from: _, sender: __, aliases: ___, ...origin } = originOf({ ...mail, from: to })
  return [
    {
      type: 'echo',
      ...origin,
      from: address(to.address),
      ...(to.name && { sender: named(to) }),
      parts: contentsOf(mail).parts,
      ...(before && { replyTo: externalId(before) }),
    },
  ]
}
