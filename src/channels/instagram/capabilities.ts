import type { Capabilities } from '../../domain/capabilities.ts'
import { below } from '../meta/chat/comments.ts'

const maxBytes = 25_000_000

/** Instagram messaging reference; "MB" taken as the smaller million. The only reaction that the Send API documents is love. */
export const can: Capabilities = {
  text: { max: 1000, unit: 'bytes' },
  media: {
    image: { maxBytes: 8_000_000, caption: 0, mimes: ['image/jpeg', 'image/png', 'image/gif'] },
    video: {
      maxBytes,
      caption: 0,
      mimes: ['video/mp4', 'video/ogg', 'video/x-msvideo', 'video/quicktime', 'video/webm'],
    },
    audio: { maxBytes, caption: 0, mimes: ['audio/aac', 'audio/mp4', 'audio/x-m4a', 'audio/wav'] },
    voice: { maxBytes, caption: 0, mimes: ['audio/aac', 'audio/mp4', 'audio/x-m4a', 'audio/wav'] },
    file: { maxBytes, caption: 0, mimes: ['application/pdf'] },
  },
  // 250 characters of four bytes are a thousand.
  choices: { max: 13, label: 20, id: 1000, prompt: 250, list: { max: 10, label: 80, description: 80, id: 1000 } },
  reply: true,
  reactions: ['❤️'],
  typing: true,
  markRead: true,
  edits: 'seen',
  receipts: ['read'],
  // The standard window is 24 hours; from then on the tag HUMAN_AGENT allows answers until the seventh day.
  window: { hours: 168, after: 'nothing' },
  firstMessage: 'never',
  rate: { perSecond: 250 },
}

/** Words only, and apps cannot like. A public answer may come at any time. */
export const places = below({
  // Of messages, as a private answer is one. Meta tells no limit of comments, nor how many a second.
  text: { max: 1000, unit: 'bytes' },
  media: {},
  reply: true,
  receipts: [],
  public: { privatelyForDays: 7 },
  firstMessage: 'never',
  rate: { perSecond: 10 },
})
