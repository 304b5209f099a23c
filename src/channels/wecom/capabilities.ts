import type { Capabilities } from '../../domain/capabilities.ts'

export const can: Capabilities = {
  text: { max: 2048, unit: 'bytes' },
  // Sizes of temporary media, UNVERIFIED for the customer service.
  media: {
    image: { maxBytes: 10_000_000, caption: 0, mimes: ['image/jpeg', 'image/png'] },
    video: { maxBytes: 10_000_000, caption: 0, mimes: ['video/mp4'] },
    voice: { maxBytes: 2_000_000, caption: 0, mimes: ['audio/amr'] },
    file: { maxBytes: 20_000_000, caption: 0 },
  },
  // 128 bytes of label and 1024 of prompt, counted here in characters of up to four bytes. Ten lines (UNVERIFIED).
  choices: { max: 10, label: 32, id: 64, prompt: 256 },
  location: true,
  receipts: [],
  window: { hours: 48, after: 'nothing' },
  firstMessage: 'never',
  idempotent: true,
  rate: { perSecond: 10 },
}
