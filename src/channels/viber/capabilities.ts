import type { Capabilities } from '../../domain/capabilities.ts'

export const can: Capabilities = {
  // 7000 characters, and the JSON of a whole call must stay below 30 kB: UTF-16 units are safe for both.
  text: { max: 7000, unit: 'utf16' },
  media: {
    image: { maxBytes: 1_000_000, caption: 512, mimes: ['image/jpeg', 'image/png'] },
    video: { maxBytes: 26_000_000, caption: 0, mimes: ['video/mp4'] },
    file: { maxBytes: 50_000_000, caption: 0 },
  },
  // 12 rows of a keyboard. A label is markup of at most 250 characters, and `&` alone becomes five of them.
  // The longer list puts two buttons into a row. Ids travel in tracking_data, 4000 characters for all.
  choices: {
    max: 12,
    label: 50,
    id: 64,
    prompt: 4000,
    list: { max: 24, label: 24, description: 0, id: 32 },
  },
  location: true,
  contact: true,
  receipts: ['delivered', 'read'],
  firstMessage: 'never',
  rate: { perSecond: 50, perContact: { count: 100, seconds: 3600 } },
}
