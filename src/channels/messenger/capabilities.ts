import type { Capabilities } from '../../domain/capabilities.ts'
import { below } from '../meta/chat/comments.ts'

/** The emoji of the reactions that the Send API knows by name. */
export const reactionNames: Readonly<Record<string, string>> = {
  '❤️': 'love',
  '😆': 'smile',
  '😮': 'wow',
  '😢': 'sad',
  '😠': 'angry',
  '👍': 'like',
  '👎': 'dislike',
}

const maxBytes = 25_000_000
const picture = { maxBytes: 8_000_000, mimes: ['image/jpeg', 'image/png', 'image/gif'] }

/** Send API reference; "MB" taken as the smaller million. Images above 8 MB go as files (UNVERIFIED where Meta refuses). */
export const can: Capabilities = {
  text: { max: 2000, unit: 'codepoints' },
  media: {
    image: { ...picture, caption: 0 },
    video: { maxBytes, caption: 0 },
    audio: { maxBytes, caption: 0 },
    voice: { maxBytes, caption: 0 },
    file: { maxBytes, caption: 0 },
  },
  choices: { max: 13, label: 20, id: 1000, prompt: 2000, list: { max: 10, label: 80, description: 80, id: 1000 } },
  templates: true,
  reply: true,
  reactions: Object.keys(reactionNames),
  typing: true,
  markRead: true,
  edits: 'seen',
  receipts: ['delivered', 'read'],
  // The standard window is 24 hours; from then on the tag HUMAN_AGENT allows answers until the seventh day.
  window: { hours: 168, after: 'template' },
  firstMessage: 'never',
  rate: { perSecond: 250 },
}

/** Words, or a picture with its words. Any reaction is a like. A public answer may come at any time. */
export const places = below({
  // Of messages, as a private answer is one. Meta tells no limit of comments, nor how many a second.
  text: { max: 2000, unit: 'codepoints' },
  media: { image: { ...picture, caption: 2000 } },
  reply: true,
  reactions: ['👍'],
  edits: 'seen',
  receipts: [],
  public: { privatelyForDays: 7 },
  firstMessage: 'never',
  rate: { perSecond: 10 },
})
