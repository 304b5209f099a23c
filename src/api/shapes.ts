import { z } from 'zod'

/** The shapes of the API. The OpenAPI document and the web app's types come from here. Ids are decimal strings. */

export const id = z.string().regex(/^\d{1,18}$/, 'must be an id: digits only')
const time = z.iso.datetime()

const media = (type: 'image' | 'video' | 'audio' | 'voice' | 'file' | 'sticker') =>
  z.object({
    type: z.literal(type),
    url: z.string().max(4000),
    media: id.optional(),
    ref: z.string().optional(),
    state: z.enum(['pending', 'ready', 'failed']).optional(),
    failure: z.string().optional(),
    bytes: z.number().optional(),
    mime: z.string().optional(),
    name: z.string().max(255).optional(),
    caption: z.string().max(100_000).optional(),
    width: z.number().optional(),
    height: z.number().optional(),
    seconds: z.number().optional(),
    album: z.string().optional(),
  })

const said = z.string().min(1).max(100_000)
const choice = z.object({
  id: z.string().min(1).max(256),
  label: z.string().min(1).max(250),
  description: z.string().max(250).optional(),
})
const textPart = z.object({ type: z.literal('text'), text: said })
const locationPart = z.object({
  type: z.literal('location'),
  lat: z.number().min(-90).max(90),
  lon: z.number().min(-180).max(180),
  name: z.string().optional(),
  address: z.string().optional(),
  live: z.literal(true).optional(),
})
const contactPart = z.object({
  type: z.literal('contact'),
  name: z.string().min(1),
  phones: z.array(z.string()),
  emails: z.array(z.string()).optional(),
  company: z.string().optional(),
})
const choicesPart = z.object({
  type: z.literal('choices'),
  prompt: said,
  choices: z.array(choice).min(1).max(100),
  button: z.string().optional(),
})
const templatePart = z.object({
  type: z.literal('template'),
  name: z.string().min(1),
  language: z.string().min(2),
  values: z.array(z.string()),
})
const pollPart = z.object({
  type: z.literal('poll'),
  question: z.string().min(1),
  options: z.array(z.object({ label: z.string(), votes: z.number().optional() })),
})
const linkPart = z.object({
  type: z.literal('link'),
  url: z.string(),
  title: z.string().optional(),
  text: z.string().optional(),
})
const mediaParts = [
  media('image'),
  media('video'),
  media('audio'),
  media('voice'),
  media('file'),
  media('sticker'),
] as const
const sayable = [
  textPart,
  ...mediaParts,
  locationPart,
  contactPart,
  choicesPart,
  templatePart,
  pollPart,
  linkPart,
] as const

/** What an agent, a bot or the API may say. */
export const SayablePart = z.discriminatedUnion('type', sayable).meta({ id: 'SayablePart' })

/** What a message may hold. */
export const Part = z
  .discriminatedUnion('type', [
    ...sayable,
    z.object({ type: z.literal('chosen'), choice: z.string(), label: z.string() }),
    z.object({
      type: z.literal('order'),
      items: z.array(
        z.object({
          product: z.string(),
          name: z.string().optional(),
          quantity: z.number(),
          price: z.number().optional(),
        }),
      ),
      currency: z.string().optional(),
      text: z.string().optional(),
    }),
    z.object({ type: z.literal('form'), name: z.string(), fields: z.record(z.string(), z.string()) }),
    z.object({ type: z.literal('system'), what: z.string(), values: z.record(z.string(), z.string()).optional() }),
    z.object({
      type: z.literal('mail'),
      subject: z.string(),
      text: z.string(),
      html: z.string().optional(),
      quoted: z.string().optional(),
      cc: z.array(z.string()).optional(),
      from: z.string().optional(),
    }),
    z.object({ type: z.literal('unsupported'), what: z.string() }),
  ])
  .meta({ id: 'Part' })

export const Status = z.enum(['received', 'queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown'])
export const Author = z.object({
  type: z.enum(['contact', 'agent', 'bot', 'system']),
  id: id.nullable(),
  name: z.string(),
})
export const Reaction = z.object({ emoji: z.string(), by: z.enum(['contact', 'agent']), name: z.string() })
export const Failure = z.object({ why: z.string(), detail: z.string() })

export const Message = z
  .object({
    id,
    conversationId: id,
    direction: z.enum(['in', 'out']),
    author: Author,
    parts: z.array(Part),
    status: Status,
    failure: Failure.optional(),
    externalId: z.string().nullable(),
    replyTo: id.optional(),
    reactions: z.array(Reaction).optional(),
    /** The sender's own id for this message: one click, one message. */
    clientId: z.string().optional(),
    entry: z.object({ ref: z.string(), source: z.string() }).optional(),
    forwarded: z.literal(true).optional(),
    /** In a group: who spoke. */
    member: z.string().optional(),
    editedAt: time.optional(),
    deletedAt: time.optional(),
    /** What the channel made of it: fallbacks that were applied before sending, as keys with values. */
    changes: z.array(z.string()).optional(),
    at: time,
  })
  .meta({ id: 'Message' })

export const Note = z
  .object({
    id,
    conversationId: id,
    author: z.object({ id: id.nullable(), name: z.string() }),
    text: z.string(),
    clientId: z.string().optional(),
    at: time,
  })
  .meta({ id: 'Note' })

/** Assigned, closed, reopened: small grey lines of the thread. */
export const Happening = z
  .object({
    id: z.string(),
    conversationId: id,
    what: z.enum(['assigned', 'unassigned', 'closed', 'reopened']),
    by: z.string(),
    agent: z.string().optional(),
    cause: z.string(),
    at: time,
  })
  .meta({ id: 'Happening' })

export const ThreadItem = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('message'), message: Message }),
    z.object({ type: z.literal('note'), note: Note }),
    z.object({ type: z.literal('happening'), happening: Happening }),
  ])
  .meta({ id: 'ThreadItem' })

export const Identity = z.object({ channelId: id, address: z.string(), username: z.string().optional() })
export const ContactBrief = z
  .object({
    id,
    name: z.string(),
    avatarUrl: z.string().optional(),
    identities: z.array(Identity),
  })
  .meta({ id: 'ContactBrief' })
export const Contact = ContactBrief.extend({
  phone: z.string().optional(),
  email: z.string().optional(),
  language: z.string().optional(),
  createdAt: time,
  conversations: z.array(z.object({ id, channelId: id, status: z.string(), lastMessageAt: time.nullable() })),
  consents: z.array(z.object({ channelId: id, given: z.boolean(), purpose: z.string(), at: time })),
})

/** The last message in one line. `kind` is the type of its first part, for an icon. */
export const LastMessage = z
  .object({
    id,
    direction: z.enum(['in', 'out']),
    author: z.string(),
    kind: z.string(),
    text: z.string(),
    status: Status,
    at: time,
  })
  .meta({ id: 'LastMessage' })

export const AgentBrief = z.object({ id, name: z.string() })

export const Conversation = z
  .object({
    id,
    channelId: id,
    contact: ContactBrief,
    address: z
      .string()
      .describe('Where answers go. Its beginning tells the place of the messenger, see `places` of the channel kinds.'),
    status: z.enum(['open', 'snoozed', 'closed']),
    assignee: AgentBrief.nullable(),
    team: z.null(),
    unread: z.number().int(),
    optedOut: z.boolean(),
    lastInAt: time.nullable(),
    waitingSince: time.nullable(),
    lastMessageAt: time.nullable(),
    lastMessage: LastMessage.nullable(),
  })
  .meta({ id: 'Conversation' })

export const Health = z
  .object({
    /** Judged by traffic: `well`, `watch` or `alarm`; `quiet` before anything passed. */
    state: z.enum(['well', 'watch', 'alarm', 'quiet', 'off']),
    lastInAt: time.nullable(),
    /** The last verified call of the provider, also one without an event, such as a handshake. */
    reachedAt: time.nullable(),
    lastOutAt: time.nullable(),
    /** What needs attention, newest first, in English; `code` for translation. */
    problems: z.array(z.object({ code: z.string(), detail: z.string(), at: time.nullable() })),
    /** Last 24 hours. */
    received: z.number(),
    sent: z.number(),
    failed: z.number(),
    rejected: z.number(),
    unsupported: z.number(),
    quarantined: z.number(),
    /** Received and sent per hour, oldest first, 24 numbers. */
    hours: z.array(z.number()),
  })
  .meta({ id: 'Health' })

export const Channel = z
  .object({
    id,
    kind: z.string(),
    name: z.string(),
    account: z.string().nullable(),
    /** Our own copy of the account's picture. */
    pictureUrl: z.string().nullable(),
    webhookUrl: z.string(),
    /** Settings without the secrets; a secret that is set reads as `•••• ` and its last four characters. */
    settings: z.record(z.string(), z.string()),
    signIn: z
      .object({ id: z.string(), at: z.string() })
      .nullable()
      .describe('Where one can sign in again without filling anything in.'),
    health: Health,
    createdAt: time,
  })
  .meta({ id: 'Channel' })

export const Agent = z
  .object({
    id,
    name: z.string(),
    email: z.string(),
    role: z.enum(['owner', 'admin', 'agent']),
    joined: z.boolean(),
  })
  .meta({ id: 'Agent' })
export const Me = Agent.extend({
  workspace: z.object({ id, name: z.string() }),
  locale: z.string().nullable(),
  theme: z.string().nullable(),
  demo: z.boolean(),
})

export const Delivery = z
  .object({
    id,
    channelId: id,
    receivedAt: time,
    state: z.enum(['new', 'done', 'quarantined']),
    error: z.string().nullable(),
    bytes: z.number(),
    /** The first 2,000 characters. */
    body: z.string(),
  })
  .meta({ id: 'Delivery' })

/** What the server tells open screens. Each is the whole new state of its thing: applying it twice changes nothing. */
export const Change = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), message: Message }),
  z.object({ type: z.literal('conversation'), conversation: Conversation }),
  z.object({ type: z.literal('note'), note: Note }),
  z.object({ type: z.literal('happening'), happening: Happening }),
  z.object({ type: z.literal('channel'), channelId: id }),
  /** Not kept: only for screens that are open now (its frame carries no new seq). */
  z.object({ type: z.literal('typing'), conversationId: id, who: z.string(), by: z.enum(['contact', 'agent']) }),
])

/** One WebSocket frame. `reset` means: too much was missed, load again and go on from `seq`. */
export const Frame = z.object({ seq: z.number().int(), changes: z.array(Change), reset: z.literal(true).optional() })

/** RFC 9457. `field` names the offending input in dotted form. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  field: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  /** What this messenger would take instead. */
  but: z.literal('template').optional(),
})

export type Message = z.infer<typeof Message>
export type Note = z.infer<typeof Note>
export type Happening = z.infer<typeof Happening>
export type ThreadItem = z.infer<typeof ThreadItem>
export type Conversation = z.infer<typeof Conversation>
export type Contact = z.infer<typeof Contact>
export type ContactBrief = z.infer<typeof ContactBrief>
export type LastMessage = z.infer<typeof LastMessage>
export type Channel = z.infer<typeof Channel>
export type Health = z.infer<typeof Health>
export type Agent = z.infer<typeof Agent>
export type Me = z.infer<typeof Me>
export type Delivery = z.infer<typeof Delivery>
export type Change = z.infer<typeof Change>
export type Frame = z.infer<typeof Frame>
export type Problem = z.infer<typeof Problem>
export type SayablePart = z.infer<typeof SayablePart>
