import type { Capabilities } from '../../domain/capabilities.ts'

// Pictures are made smaller for the carrier; other files must be within its 500 kB as they are.
const other = { maxBytes: 500_000, caption: 1600 }

export const can: Capabilities = {
  text: { max: 1600, unit: 'utf16', segments: 'gsm' },
  media: {
    image: { maxBytes: 5_000_000, caption: 1600, mimes: ['image/jpeg', 'image/png', 'image/gif'] },
    video: other,
    audio: other,
    file: other,
  },
  receipts: ['delivered'],
  firstMessage: 'free',
  // Twilio queues for ten hours and sends at the pace of the number (a long code: one part a second).
  rate: { perSecond: 20 },
}
