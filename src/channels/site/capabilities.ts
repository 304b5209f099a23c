import type { Capabilities } from '../../domain/capabilities.ts'

const mb = 1024 * 1024
const media = { maxBytes: 25 * mb, caption: 10_000 }

/** Our own chat: what the widget draws. A visitor can be written to only after he wrote first. */
export const capabilities: Capabilities = {
  text: { max: 10_000, unit: 'codepoints' },
  media: {
    image: { ...media, maxBytes: 16 * mb },
    video: media,
    audio: media,
    voice: media,
    file: media,
    sticker: media,
  },
  choices: {
    max: 10,
    label: 80,
    id: 256,
    prompt: 10_000,
    list: { max: 50, label: 80, description: 200, id: 256 },
  },
  location: true,
  contact: true,
  reply: true,
  reactions: 'any',
  typing: true,
  markRead: true,
  receipts: ['delivered', 'read'],
  firstMessage: 'never',
  idempotent: true,
  rate: { perSecond: 100 },
}
