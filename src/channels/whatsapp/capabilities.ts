import type { Capabilities } from '../../domain/capabilities.ts'

/** Meta's limits (supported media types, throughput, messages reference); "MB" taken as the smaller million. */
export const can: Capabilities = {
  text: { max: 4096, unit: 'utf16' },
  media: {
    image: { maxBytes: 5_000_000, caption: 1024, mimes: ['image/jpeg', 'image/png'] },
    video: { maxBytes: 16_000_000, caption: 1024, mimes: ['video/mp4', 'video/3gpp'] },
    audio: {
      maxBytes: 16_000_000,
      caption: 0,
      mimes: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'],
    },
    voice: { maxBytes: 16_000_000, caption: 0, mimes: ['audio/ogg'] },
    file: { maxBytes: 100_000_000, caption: 1024 },
    sticker: { maxBytes: 500_000, caption: 0, mimes: ['image/webp'] },
  },
  choices: { max: 3, label: 20, id: 256, prompt: 1024, list: { max: 10, label: 24, description: 72, id: 200 } },
  location: true,
  contact: true,
  templates: true,
  reply: true,
  reactions: 'any',
  typing: true,
  markRead: true,
  edits: 'seen',
  receipts: ['delivered', 'read'],
  window: { hours: 24, after: 'template' },
  firstMessage: 'template',
  rate: { perSecond: 80, perContact: { count: 10, seconds: 60 } },
}
