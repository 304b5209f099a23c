import MailComposer from 'nodemailer/lib/mail-composer'
import { bytesOf, dispositionOf, header, leavesOf, readMail, textOf } from '../../src/channels/email/mime.ts'
import type { MediaPart, Part } from '../../src/domain/message.ts'
import type { Act, Bubble, Person } from '../wire.ts'
import type { World } from '../world.ts'
import { boxOf, store } from './box.ts'

const idOf = (value: string): string => value.replace(/^<|>$/g, '')

/** A mail of the business: a bubble on the phone, or a bounce. */
export function arrived(raw: Buffer, to: string, world: World): void {
  const mail = readMail(raw)
  const id = idOf(header(mail, 'message-id'))
  if (boxOf(world).bouncing.has(to)) return bounce(raw, to, world)
  // Receivers know a mail by its id: the same one again is shown once.
  if (world.bubble(id)) return
  const replyTo = idOf(header(mail, 'in-reply-to'))
  world.show({
    id,
    person: to,
    from: 'business',
    parts: partsOf(raw, world),
    at: world.now().getTime(),
    subject: header(mail, 'subject'),
    ticks: 'delivered',
    reactions: [],
    ...(replyTo && world.bubble(replyTo) && { replyTo }),
  })
  heads.set(id, { answerTo: header(mail, 'reply-to') || header(mail, 'from'), references: header(mail, 'references') })
}

/** What an answer of the phone needs of a mail. */
const heads = new Map<string, { answerTo: string; references: string }>()

function partsOf(raw: Buffer, world: World): Part[] {
  const leaves = leavesOf(readMail(raw))
  const words = leaves.find(({ type }) => type === 'text/plain')
  const files = leaves.filter(leaf => dispositionOf(leaf).disposition === 'attachment')
  const text = words && !files.includes(words) ? textOf(words).trim() : ''
  return [
    ...(text ? [{ type: 'text', text } as const] : []),
    ...files.map((leaf): MediaPart => {
      const id = `mail-${world.next()}`
      const { name } = dispositionOf(leaf)
      world.files.set(id, { id, bytes: bytesOf(leaf), mime: leaf.type, name })
      const type = leaf.type.startsWith('image/') ? 'image' : 'file'
      return { type, url: '', ref: id, mime: leaf.type, name }
    }),
  ]
}

interface Written {
  text: string
  subject?: string | undefined
  html?: string | undefined
  replyTo?: string | undefined
  parts: Part[]
  attachment?: { filename: string; content: Buffer; contentType: string }
  extra?: { headers?: Record<string, string>; reaction?: string }
}

/** Writes a mail of the customer, shows it on the phone and puts it into the shop's mailbox. */
export function write(person: Person, written: Written, world: World): void {
  const id = `CA${world.next()}.${world.account.id}@mail.example.org`
  const at = world.now()
  const answered = answeredBy(person, written, world)
  const head = answered && heads.get(answered.id)
  const subject = written.subject ?? subjectAfter(answered?.subject, written.text)
  person.wroteAt = at.getTime()
  const { text, attachment, extra } = written
  const reaction = extra?.reaction
  const mail = new MailComposer({
    from: { name: person.name, address: person.id },
    to: head?.answerTo ?? boxOf(world).address,
    subject,
    text,
    ...(written.html && { html: written.html }),
    messageId: `<${id}>`,
    date: at,
    ...(answered && { inReplyTo: `<${answered.id}>`, references: `${head?.references ?? ''} <${answered.id}>`.trim() }),
    ...(attachment && { attachments: [attachment] }),
    ...(extra?.headers && { headers: extra.headers }),
    ...(reaction && { alternatives: [{ contentType: 'text/vnd.google.email-reaction+json', content: reaction }] }),
  })
  if (written.parts.length)
    world.show({
      id,
      person: person.id,
      from: 'customer',
      parts: written.parts,
      at: at.getTime(),
      subject,
      reactions: [],
    })
  const times = 1 + world.faults.duplicate
  const made = mail.compile().build()
  pending.set(
    world,
    (pending.get(world) ?? Promise.resolve()).then(async () => {
      const raw = await made
      for (let i = 0; i < times; i++) store(boxOf(world), 'INBOX', { raw, at, bubble: id })
    }),
  )
}

const pending = new WeakMap<World, Promise<void>>()
/** Everything the customers wrote lies in the mailbox. */
export const posted = (world: World): Promise<void> => pending.get(world) ?? Promise.resolve()

function subjectAfter(before: string | undefined, text: string): string {
  if (!before) return firstWords(text)
  return /^re:/i.test(before) ? before : `Re: ${before}`
}

const firstWords = (text: string): string => text.split('\n')[0]!.slice(0, 50) || 'Hello'

/** The mail that was pointed at, or the newest one of the business, unless a new subject begins a new thread. */
function answeredBy(person: Person, { replyTo, subject }: Written, world: World): Bubble | undefined {
  if (replyTo) return world.bubble(replyTo)
  const last = world.bubbles.findLast(bubble => bubble.person === person.id && bubble.from === 'business')
  return subject === undefined || subject === last?.subject ? last : undefined
}

/** RFC 3464, as Postfix words it. */
export function bounce(raw: Buffer, to: string, world: World): void {
  const id = header(readMail(raw), 'message-id')
  const lines = [
    'Return-Path: <>',
    'From: Mail Delivery System <MAILER-DAEMON@mx.example.org>',
    `To: ${boxOf(world).address}`,
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    `Message-ID: <bounce-${world.next()}@mx.example.org>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
    '',
    '--B',
    'Content-Type: text/plain',
    '',
    'Your message could not be delivered.',
    '--B',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.org',
    '',
    `Final-Recipient: rfc822; ${to}`,
    'Action: failed',
    'Status: 5.2.1',
    'Diagnostic-Code: smtp; 550 5.2.1 The mailbox is disabled',
    '',
    '--B',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: ${id}`,
    '',
    '--B--',
    '',
  ]
  store(boxOf(world), 'INBOX', { raw: Buffer.from(lines.join('\r\n')), at: world.now() })
}

/** What a phone may do with mail; nobody is told of the rest. */
export function act(deed: Act, person: Person, world: World): void {
  switch (deed.do) {
    case 'text':
      return write(person, { ...deed, parts: [{ type: 'text', text: deed.text }] }, world)
    case 'media': {
      const { type, bytes, mime, name, caption } = deed
      const id = `mail-${world.next()}`
      world.files.set(id, { id, bytes, mime, name })
      const part: MediaPart = { type, url: '', ref: id, mime, name, ...(caption && { caption }) }
      const attachment = { filename: name, content: Buffer.from(bytes), contentType: mime }
      return write(person, { text: caption ?? '', parts: [part], attachment }, world)
    }
    case 'react': {
      const bubble = world.bubble(deed.bubble)
      if (!bubble) throw new Error('email: there is no such mail')
      world.change(bubble.id, { reactions: [{ emoji: deed.emoji, from: 'customer' }] })
      const reaction = JSON.stringify({ version: 1, emoji: deed.emoji })
      const text = `${deed.emoji} ${person.name} reacted via Gmail`
      return write(person, { text, replyTo: bubble.id, parts: [], extra: { reaction } }, world)
    }
    case 'look':
      // The phone knows what was opened; no other machine is told.
      for (const { id, person: of, from, ticks } of world.bubbles)
        if (of === person.id && from === 'business' && ticks !== 'read') world.change(id, { ticks: 'read' })
      return
    case 'block':
      person.blocked = true
      return
    case 'unblock':
      person.blocked = false
      return
    default:
      throw new Error(`email: mail cannot ${deed.do}`)
  }
}
