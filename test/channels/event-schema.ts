import { z } from 'zod'
import type { InboundEvent } from '../../src/channels/contract.ts'
import { mediaTypes } from '../../src/domain/message.ts'

/** What `parse` may answer, field by field: no unknown fields, no empty ids, no times that no calendar has. */

const words = z.string()
const id = z.string().min(1).max(512)
const key = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be kebab-case')
const at = z.date()
const size = z.number().nonnegative()
const why = z.enum(['blocked', 'window-closed', 'invalid', 'auth', 'rate', 'down', 'unknown'])

const media = z
  .strictObject({
    type: z.enum(mediaTypes),
    url: words,
    ref: z.string().min(1).optional(),
    /** A file that is stored here already: the website chat's. */
    media: z
      .string()
      .regex(/^\d{1,18}$/)
      .optional(),
    state: z.enum(['pending', 'ready', 'failed']).optional(),
    failure: z.string().min(1).optional(),
    bytes: size.optional(),
    mime: z.string().min(1).optional(),
    name: z.string().min(1).optional(),
    caption: z.string().min(1).optional(),
    width: size.optional(),
    height: size.optional(),
    seconds: size.optional(),
    album: z.string().min(1).optional(),
  })
  .refine(
    ({ url, ref, media, state, failure }) => /^https?:/.test(url) || ref || media || (state === 'failed' && failure),
    {
      error: 'a file needs a ref or an address to be fetched from, or a reason why it cannot be had',
    },
  )

const orderItem = z.strictObject({
  product: words,
  name: words.optional(),
  quantity: z.number(),
  price: z.number().optional(),
})

const part = z.discriminatedUnion('type', [
  media,
  z.strictObject({ type: z.literal('text'), text: z.string().min(1) }),
  z.strictObject({
    type: z.literal('location'),
    lat: z.number(),
    lon: z.number(),
    name: words.optional(),
    address: words.optional(),
    live: z.literal(true).optional(),
  }),
  z.strictObject({
    type: z.literal('contact'),
    name: words,
    phones: z.array(words),
    emails: z.array(words).optional(),
    company: words.optional(),
  }),
  z.strictObject({
    type: z.literal('choices'),
    prompt: words,
    choices: z.array(z.strictObject({ id: words, label: words, description: words.optional() })),
    button: words.optional(),
  }),
  z.strictObject({ type: z.literal('template'), name: words, language: words, values: z.array(words) }),
  z.strictObject({ type: z.literal('chosen'), choice: words, label: words }),
  z.strictObject({
    type: z.literal('poll'),
    question: words,
    options: z.array(z.strictObject({ label: words, votes: size.optional() })),
  }),
  z.strictObject({
    type: z.literal('order'),
    items: z.array(orderItem),
    currency: words.optional(),
    text: words.optional(),
  }),
  z.strictObject({ type: z.literal('form'), name: words, fields: z.record(words, words) }),
  z.strictObject({
    type: z.literal('link'),
    url: z.string().min(1),
    title: words.optional(),
    text: words.optional(),
  }),
  z.strictObject({ type: z.literal('system'), what: key, values: z.record(words, words).optional() }),
  z.strictObject({
    type: z.literal('mail'),
    subject: words,
    text: words,
    html: words.optional(),
    quoted: words.optional(),
    cc: z.array(words).optional(),
    from: words.optional(),
  }),
  z.strictObject({ type: z.literal('unsupported'), what: z.string().min(1) }),
])
const parts = z.array(part).min(1)

const sender = z.strictObject({
  name: words.optional(),
  username: words.optional(),
  phone: words.optional(),
  avatarUrl: words.optional(),
  language: words.optional(),
})
const origin = {
  id,
  from: id,
  aliases: z.array(id).optional(),
  at,
  order: z.number().optional(),
  sender: sender.optional(),
  group: z.strictObject({ title: words, member: id }).optional(),
  account: id.optional(),
}
const kept = z.record(words, words).optional()
const entry = z.strictObject({ ref: z.string().min(1), source: z.string().min(1) }).optional()

const receipt = z
  .strictObject({
    type: z.literal('receipt'),
    key: id.optional(),
    id,
    of: id,
    status: z.enum(['sent', 'delivered', 'read', 'failed']),
    at,
    failure: z.strictObject({ why, detail: z.string().min(1) }).optional(),
    account: id.optional(),
  })
  .refine(({ status, failure }) => (status === 'failed') === !!failure, {
    error: 'a failure goes with the status failed, and only with it',
  })

export const eventSchema = z.discriminatedUnion('type', [
  receipt,
  z.strictObject({
    type: z.literal('message'),
    ...origin,
    parts,
    replyTo: id.optional(),
    forwarded: z.literal(true).optional(),
    entry,
    kept,
  }),
  z.strictObject({ type: z.literal('echo'), ...origin, parts, replyTo: id.optional() }),
  z.strictObject({ type: z.literal('edited'), ...origin, of: id, parts }),
  z.strictObject({ type: z.literal('deleted'), ...origin, of: id }),
  z.strictObject({ type: z.literal('reaction'), ...origin, of: id, emoji: words }),
  z.strictObject({ type: z.literal('chosen'), ...origin, choice: words, label: words, of: id.optional(), kept }),
  z.strictObject({
    type: z.literal('watermark'),
    id,
    from: id,
    until: at,
    status: z.enum(['delivered', 'read']),
    at,
    account: id.optional(),
  }),
  z.strictObject({
    type: z.literal('consent'),
    ...origin,
    given: z.boolean(),
    purpose: z.enum(['all', 'marketing']),
  }),
  z.strictObject({ type: z.literal('started'), ...origin, entry }),
  z.strictObject({ type: z.literal('typing'), ...origin }),
  z.strictObject({ type: z.literal('happened'), ...origin, what: key, values: z.record(words, words).optional() }),
  z.strictObject({ type: z.literal('moved'), ...origin, to: id }),
  z.strictObject({
    type: z.literal('account'),
    id,
    at,
    what: key,
    detail: words,
    level: z.enum(['note', 'warning', 'alarm']),
    account: id.optional(),
  }),
  z.strictObject({
    type: z.literal('unsupported'),
    ...origin,
    from: id.optional(),
    at: at.optional(),
    what: z.string().min(1),
  }),
])

// The compiler refuses this line when the contract knows a type of event that the schema does not.
type Missing = Exclude<InboundEvent['type'], z.infer<typeof eventSchema>['type']>
export const complete: [Missing] extends [never] ? true : Missing = true
