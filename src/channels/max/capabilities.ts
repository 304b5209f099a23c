import type { Capabilities } from '../../domain/capabilities.ts'

const text = 4000

export const can: Capabilities = {
  text: { max: text, unit: 'utf16' },
  media: {
    image: {
      maxBytes: 50_000_000,
      caption: text,
      mimes: ['image/jpeg', 'image/png', 'image/gif', 'image/tiff', 'image/bmp', 'image/heic'],
    },
    video: {
      maxBytes: 250_000_000,
      caption: text,
      mimes: ['video/mp4', 'video/quicktime', 'video/x-matroska', 'video/webm'],
    },
    audio: { maxBytes: 256_000_000, caption: text },
    voice: { maxBytes: 256_000_000, caption: text },
    file: { maxBytes: 4_000_000_000, caption: text },
  },
  // 30 rows of a keyboard, one button each. The longer list puts two into a row, where ten characters are seen whole.
  choices: { max: 30, label: 128, id: 1024, prompt: text, list: { max: 60, label: 20, description: 0, id: 1024 } },
  location: true,
  contact: true,
  reply: true,
  typing: true,
  receipts: [],
  firstMessage: 'never',
  rate: { perSecond: 30, perContact: { count: 2, seconds: 1 } },
}
