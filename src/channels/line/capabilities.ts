import type { Capabilities, Place } from '../../domain/capabilities.ts'

export const can: Capabilities = {
  text: { max: 5000, unit: 'utf16' },
  media: {
    image: { maxBytes: 10_000_000, caption: 0, mimes: ['image/jpeg', 'image/png'] },
    video: { maxBytes: 200_000_000, caption: 0, mimes: ['video/mp4'] },
    audio: { maxBytes: 200_000_000, caption: 0, mimes: ['audio/mp4', 'audio/x-m4a', 'audio/m4a', 'audio/mpeg'] },
    voice: { maxBytes: 200_000_000, caption: 0, mimes: ['audio/mp4', 'audio/x-m4a', 'audio/m4a', 'audio/mpeg'] },
    sticker: { maxBytes: 1_000_000, caption: 0, mimes: ['image/png', 'image/jpeg'] },
    // LINE has no files from businesses: they go as a link of ours, which lives for a day.
    file: { maxBytes: 1_000_000_000, caption: 0 },
  },
  // Thirteen quick replies. What is longer or has a description becomes rows of a flex message, 30 kB in all.
  // The id and the label travel together in the postback, 300 characters.
  choices: {
    max: 13,
    label: 20,
    id: 100,
    prompt: 1500,
    list: { max: 16, label: 60, description: 80, id: 100 },
  },
  location: true,
  reply: true,
  typing: true,
  markRead: true,
  receipts: [],
  firstMessage: 'free',
  // 2000 a second for one endpoint is what LINE allows; it says nothing about one person.
  rate: { perSecond: 500 },
}

const { typing: _, ...inGroups } = can

/** Groups and rooms: LINE shows the dots of somebody typing to one person only. */
export const places: readonly Place[] = [{ name: 'group', addresses: ['C', 'R'], can: inGroups }]
