import type { Capabilities } from '../../domain/capabilities.ts'

// What American carriers take; Vonage's own limit is not published (UNVERIFIED).
const mms = { maxBytes: 600_000, caption: 1000 }

export const can: Capabilities = {
  text: { max: 1000, unit: 'utf16', segments: 'gsm' },
  media: {
    image: { ...mms, mimes: ['image/jpeg', 'image/png', 'image/gif'] },
    video: mms,
    audio: { ...mms, caption: 0 },
    file: { ...mms, caption: 0 },
  },
  receipts: ['delivered'],
  firstMessage: 'free',
  rate: { perSecond: 10 },
}
