import type { Capabilities, Place } from '../../domain/capabilities.ts'
import { emojis } from './reactions.ts'

export const can: Capabilities = {
  // The schema says 9000, VK's own clients and bots cut at 4096.
  text: { max: 4096, unit: 'utf16' },
  media: {
    // UNVERIFIED sizes. Other pictures go as documents, as they are.
    image: { maxBytes: 50_000_000, caption: 4096, mimes: ['image/jpeg', 'image/png'] },
    voice: { maxBytes: 200_000_000, caption: 0, mimes: ['audio/ogg', 'audio/opus'] },
    file: { maxBytes: 200_000_000, caption: 4096 },
  },
  // Ten buttons under a message; or up to 40 in place of the keys, gone after the first press.
  choices: {
    max: 10,
    label: 40,
    id: 64,
    prompt: 2000,
    list: { max: 40, label: 40, description: 0, id: 64 },
  },
  location: true,
  reply: true,
  reactions: emojis,
  typing: true,
  markRead: true,
  edits: 'seen',
  receipts: ['read'],
  firstMessage: 'never',
  // `random_id` and `guid` are "unique identifiers to avoid resending", kept over the whole history of messages.
  idempotent: true,
  // UNVERIFIED: what is told of community tokens. Error 6 says when it is too much.
  rate: { perSecond: 20 },
}

/** Words only: VK takes files and likes from the token of a person only. Nobody can be answered aside. */
const comments: Capabilities = {
  text: { max: 4096, unit: 'utf16' },
  media: {},
  reply: true,
  edits: 'seen',
  receipts: [],
  public: {},
  firstMessage: 'never',
  // By `guid`.
  idempotent: true,
  rate: { perSecond: 20 },
}

export const places: readonly Place[] = [{ name: 'comment', addresses: ['wall'], can: comments }]
