import { z } from 'zod'
import type {
  Adapter,
  Address,
  ExternalId,
  FetchedMedia,
  InboundEvent,
  Outgoing,
  Piece,
  RawRequest,
  SendResult,
} from '../src/channels/contract.ts'
import { AnswerLost, MediaGone } from '../src/channels/contract.ts'
import type { Capabilities } from '../src/domain/capabilities.ts'

/** A messenger that exists in tests only: events come as plain JSON, what is sent is written down. */
export interface FakeChannel {
  adapter: Adapter
  /** Every call, in order, also those that were refused. */
  sent: { piece: Piece; to: Outgoing; token: string }[]
  /** Answers the next calls; by default everything is taken. */
  answer(piece: Piece, to: Outgoing): SendResult | Promise<SendResult>
  files: Map<string, FetchedMedia>
}

const settings = z.strictObject({
  token: z.string().min(1).meta({ title: 'Token', secret: true }),
  baseUrl: z.string().default('https://fake.example'),
})

export const everything: Capabilities = {
  text: { max: 100_000, unit: 'codepoints' },
  media: {
    image: { maxBytes: 5_000_000, caption: 1024 },
    file: { maxBytes: 5_000_000, caption: 0 },
  },
  location: true,
  contact: true,
  reply: true,
  reactions: 'any',
  receipts: ['delivered', 'read'],
  firstMessage: 'free',
  rate: { perSecond: 1000 },
}

export function fakeChannel(can: Partial<Capabilities> = {}): FakeChannel {
  const fake: FakeChannel = {
    sent: [],
    files: new Map(),
    answer: () => ({ ok: true, id: `out-${fake.sent.length}` as ExternalId }),
    adapter: {
      kind: 'fake',
      name: 'Fake',
      settings: settings as z.ZodType<unknown>,
      can: { ...everything, ...can },
      verify: request =>
        request.query.token === 'wrong' ? { verdict: 'reject', why: 'wrong token' } : { verdict: 'accept' },
      parse,
      async send(piece, to, io) {
        fake.sent.push({ piece, to, token: (io.settings as { token: string }).token })
        return fake.answer(piece, to)
      },
      async media(ref) {
        const file = fake.files.get(ref)
        if (ref === 'gone') throw new MediaGone('The sender took it back.')
        if (!file) throw new AnswerLost('The network was away.')
        return file
      },
      setup: async () => ({ ok: true, account: 'Fake account', proof: 'answer' }),
      proof: 'answer',
    },
  }
  return fake
}

type Loose = Record<string, unknown>

/** `{events: [...]}`; anything else is no request of this network. */
function parse(request: RawRequest): InboundEvent[] {
  const { events } = JSON.parse(Buffer.from(request.body).toString('utf8')) as { events: Loose[] }
  return events.map(event => {
    const read: Loose = { ...event }
    for (const name of ['at', 'until']) if (name in event) read[name] = new Date(event[name] as string)
    return read as unknown as InboundEvent
  })
}

let count = 0

/** A customer's words. */
export function said(from: string, text: string, more: Loose = {}): InboundEvent {
  count++
  return {
    type: 'message',
    id: `in-${count}`,
    from: from as Address,
    at: new Date(),
    parts: [{ type: 'text', text }],
    ...more,
  } as never
}

/** Any other event of this network. */
export function event(type: InboundEvent['type'], fields: Loose): InboundEvent {
  count++
  return { type, id: `event-${count}`, at: new Date(), ...fields } as never
}
