import type { Capabilities } from '../../domain/capabilities.ts'

/** Most servers take 25 MB, and base64 makes three bytes four (RFC 2045, 6.8), with line ends a little more. */
const file = { maxBytes: 18_000_000, caption: 20_000 }

export const can: Capabilities = {
  text: { max: 100_000, unit: 'utf16' },
  media: { image: file, video: file, audio: file, voice: file, file },
  reply: true,
  // Bounces and the rare read receipt are understood, but nobody may count on them.
  receipts: [],
  firstMessage: 'free',
  // Google stops at 2000 a day, many others at 500. To one person: whoever answers automatically is left alone in time.
  rate: { perSecond: 5, perContact: { count: 20, seconds: 600 } },
}
