import type { Capabilities } from '../../domain/capabilities.ts'

const sound = { maxBytes: 2_000_000, caption: 0, mimes: ['audio/mpeg', 'audio/mp3', 'audio/amr'] }

export const can: Capabilities = {
  text: { max: 2048, unit: 'bytes' },
  media: {
    image: { maxBytes: 10_000_000, caption: 0, mimes: ['image/jpeg', 'image/png', 'image/gif'] },
    video: { maxBytes: 10_000_000, caption: 0, mimes: ['video/mp4'] },
    voice: sound,
    audio: sound,
  },
  // A menu message is text with tappable lines. Its limits are written nowhere; these stay within the 2048 bytes of text.
  choices: { max: 10, label: 30, id: 64, prompt: 250 },
  templates: true,
  typing: true,
  // Of template and subscription messages only.
  receipts: ['delivered'],
  window: { hours: 48, after: 'template' },
  firstMessage: 'template',
  rate: { perSecond: 20 },
}
