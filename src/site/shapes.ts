import { z } from 'zod'
import type { Part } from '../domain/message.ts'
import type { Words } from './words.ts'

/** The words between the widget and us. docs: src/channels/site/README.md. */

const uuid = z.uuid()
/** An id as the widget was told it: its own uuid, or `out:<key>` of what the business sent. */
const ref = z.string().min(1).max(80)
const said = z.string().trim().min(1).max(10_000)

const uploaded = z.object({
  type: z.enum(['image', 'video', 'audio', 'voice', 'file']),
  /** What the upload answered, whole: it proves that this visitor sent this file. */
  ticket: z.string().max(4000),
  caption: said.optional(),
  seconds: z.number().min(0).max(86_400).optional(),
})

const said_part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: said }),
  uploaded,
  z.object({
    type: z.literal('location'),
    lat: z.number().min(-90).max(90),
    lon: z.number().min(-180).max(180),
    name: z.string().max(200).optional(),
  }),
  z.object({
    type: z.literal('contact'),
    name: z.string().min(1).max(200),
    phones: z.array(z.string().max(40)).max(10),
    emails: z.array(z.string().max(200)).max(10).optional(),
  }),
])

const entry = z.object({ ref: z.string().min(1).max(200), source: z.string().max(40).optional() })

export const VisitorEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    id: uuid,
    parts: z.array(said_part).min(1).max(10),
    replyTo: ref.optional(),
    entry: entry.optional(),
  }),
  z.object({
    type: z.literal('chosen'),
    id: uuid,
    choice: z.string().min(1).max(256),
    label: z.string().min(1).max(250),
    of: ref.optional(),
  }),
  z.object({ type: z.literal('edited'), id: uuid, of: uuid, text: said }),
  z.object({ type: z.literal('deleted'), id: uuid, of: uuid }),
  z.object({ type: z.literal('reaction'), id: uuid, of: ref, emoji: z.string().max(32) }),
  z.object({ type: z.enum(['delivered', 'read']), of: z.string().regex(/^out:.{1,36}$/) }),
  z.object({ type: z.literal('started'), id: uuid, entry: entry.optional() }),
])
export const VisitorEvents = z.object({ events: z.array(VisitorEvent).min(1).max(50) })
export type VisitorEvent = z.infer<typeof VisitorEvent>

/** Who the site says its visitor is. Without a proof these are words to show, never a key to somebody's history. */
export const Claim = z.object({
  identifier: z.string().min(1).max(200).optional(),
  identifier_hash: z.string().max(200).optional(),
  identity_token: z.string().max(4000).optional(),
  name: z.string().max(200).optional(),
  email: z.string().max(200).optional(),
  phone: z.string().max(40).optional(),
})
export type Claim = z.infer<typeof Claim>

export const SessionRequest = z.object({
  token: z.string().max(100).optional(),
  identity: Claim.optional(),
  language: z.string().max(35).optional(),
})

/** A part as the visitor may see it: our own media addresses, nothing of the inside. */
export type VisitorPart = Part

export interface VisitorMessage {
  id: string
  /** What events about this message name: the visitor's own event id, or `out:<key>`. */
  ref: string
  /** All provider ids of what the business sent: acknowledge each as delivered and read. */
  acks?: string[]
  from: 'visitor' | 'business'
  author?: string
  bot?: true
  parts: VisitorPart[]
  status: 'sent' | 'delivered' | 'read'
  replyTo?: string
  reactions?: { emoji: string; mine: boolean }[]
  edited?: true
  deleted?: true
  at: string
}

/** What the socket, the long poll and the history answer with. */
export interface VisitorFrame {
  /** Ask for what follows by `?after=<seq>`. Absent in frames that are not kept (typing). */
  seq?: number
  /** Forget what you have: these are the newest messages. Otherwise: put these over what you have. */
  reset?: true
  /** Older ones exist (`?before=<id of the oldest>`). */
  more?: boolean
  messages?: VisitorMessage[]
  /** So many of the visitor's newest messages were not looked at yet. */
  unseen?: number
  typing?: { who: string }
}

export interface SessionAnswer {
  token: string
  visitor: { address: string; verified: boolean; name?: string }
  conversation: string | null
  name: string
  texts: { title: string; greeting: string; answerTime: string }
  colors: { fill: string; ink: string } | null
  links: { name: string; url: string }[]
  /** The chat's words in the visitor's language, unless that is English. */
  words?: Words
  seq: number
}
