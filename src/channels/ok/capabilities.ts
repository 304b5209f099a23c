import type { Capabilities } from '../../domain/capabilities.ts'

// UNVERIFIED throughout: the only official page with details is of 2017. Small and safe numbers.
export const can: Capabilities = {
  text: { max: 4000, unit: 'utf16' },
  media: {
    image: { maxBytes: 10_000_000, caption: 4000, mimes: ['image/jpeg', 'image/png', 'image/gif'] },
    video: { maxBytes: 100_000_000, caption: 4000, mimes: ['video/mp4'] },
    audio: { maxBytes: 50_000_000, caption: 4000, mimes: ['audio/mpeg'] },
    file: { maxBytes: 50_000_000, caption: 4000 },
  },
  choices: { max: 10, label: 40, id: 64, prompt: 2000 },
  reply: true,
  typing: true,
  markRead: true,
  receipts: [],
  firstMessage: 'never',
  rate: { perSecond: 1 },
}
