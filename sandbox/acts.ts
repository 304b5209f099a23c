import { z } from 'zod'
import { noFaults } from './faults.ts'
import type { Act } from './wire.ts'

const words = z.string().min(1).max(100_000)
const bubble = z.string().min(1)

const act = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('text'),
    text: words,
    replyTo: z.string().optional(),
    subject: z.string().max(200).optional(),
    html: words.optional(),
  }),
  z.object({
    do: z.literal('media'),
    type: z.enum(['image', 'video', 'audio', 'voice', 'file', 'sticker']),
    base64: z.base64(),
    mime: z.string().min(3),
    name: z.string().min(1).max(255),
    caption: z.string().optional(),
    seconds: z.number().nonnegative().optional(),
  }),
  z.object({ do: z.literal('comment'), text: words, replyTo: z.string().optional() }),
  z.object({
    do: z.literal('location'),
    lat: z.number().min(-90).max(90),
    lon: z.number().min(-180).max(180),
    name: z.string().optional(),
  }),
  z.object({ do: z.literal('contact'), name: words, phone: z.string().regex(/^\d{5,15}$/, 'must be 5 to 15 digits') }),
  z.object({ do: z.literal('press'), bubble, choice: z.string() }),
  z.object({ do: z.literal('react'), bubble, emoji: z.string().max(16) }),
  z.object({ do: z.literal('edit'), bubble, text: words }),
  z.object({ do: z.literal('delete'), bubble }),
  z.object({ do: z.literal('start'), ref: z.string().optional() }),
  z.object({ do: z.literal('menu'), entry: z.number().int().min(0).max(200) }),
  z.object({ do: z.literal('block') }),
  z.object({ do: z.literal('unblock') }),
  z.object({ do: z.literal('look') }),
])

const kind = z.string().min(1)
const count = z.number().int().min(-1).max(1000)
const ms = z.number().min(0).max(3_600_000)

/** What one phone does. Media comes in base64, because a phone's hand-made files are small. */
export const ActRequest = z.object({ kind, person: z.string().min(1), act })

export const FaultsRequest = z.strictObject({
  kind,
  duplicate: count.optional(),
  reorder: count.optional(),
  lateMs: ms.optional(),
  shuffle: z.number().min(0).max(1).optional(),
  forge: count.optional(),
  loseAnswer: count.optional(),
  rate: count.optional(),
  retryAfter: z.number().min(0).max(3600).optional(),
  /** From now on for so many seconds. */
  rateForSeconds: z.number().min(0).max(3600).optional(),
  down: count.optional(),
  token: z.boolean().optional(),
  slowMs: ms.optional(),
  ignoreAnswer: count.optional(),
})

/** What happens to a phone without its owner doing anything. */
export const HappenRequest = z.object({ kind, person: z.string().min(1), what: z.enum(['unknown', 'window']) })
export const PersonRequest = z.object({ kind, name: z.string().min(1).max(60).optional() })
/** Every phone's own tale when nothing is said. */
export const StoryRequest = z
  .object({ which: z.enum(['tales', 'journey']).default('tales') })
  .nullish()
  .transform(given => given ?? { which: 'tales' as const })

/** The faults as they shall be after the request. */
export function faultsAfter({ kind: _, rateForSeconds, ...fields }: z.infer<typeof FaultsRequest>, now: number) {
  const known = Object.fromEntries(Object.entries(fields).filter(([name]) => name in noFaults()))
  return rateForSeconds === undefined ? known : { ...known, rateUntil: rateForSeconds && now + rateForSeconds * 1000 }
}

export function actOf(given: z.infer<typeof act>): Act {
  if (given.do !== 'media') return given as Act
  const { base64, ...rest } = given
  return { ...rest, bytes: new Uint8Array(Buffer.from(base64, 'base64')) } as Act
}
