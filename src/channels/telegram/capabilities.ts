import type { Capabilities, Place } from '../../domain/capabilities.ts'

/** The only emoji a bot may react with (Bot API 10.1, ReactionTypeEmoji), without variation selectors as Telegram wants them. */
export const reactionEmoji: readonly string[] = (
  '❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 ' +
  '👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡'
).split(' ')

const m4a = ['audio/mp4', 'audio/x-m4a', 'audio/m4a']

export const can: Capabilities = {
  text: { max: 4096, unit: 'utf16' },
  media: {
    // A GIF among the pictures goes out as an animation.
    image: { maxBytes: 10_000_000, caption: 1024, mimes: ['image/jpeg', 'image/png', 'image/webp', 'image/gif'] },
    video: { maxBytes: 50_000_000, caption: 1024, mimes: ['video/mp4'] },
    audio: { maxBytes: 50_000_000, caption: 1024, mimes: ['audio/mpeg', ...m4a] },
    voice: { maxBytes: 50_000_000, caption: 1024, mimes: ['audio/ogg', 'audio/mpeg', ...m4a] },
    file: { maxBytes: 50_000_000, caption: 1024 },
    sticker: { maxBytes: 512_000, caption: 0, mimes: ['image/webp', 'video/webm', 'application/x-tgsticker'] },
  },
  // 64 bytes of callback_data; the label's length is not documented, about 64 still reads well on a phone.
  choices: { max: 100, label: 64, id: 64, prompt: 4096 },
  location: true,
  contact: true,
  poll: { options: 12, question: 300 },
  reply: true,
  reactions: reactionEmoji,
  typing: true,
  edits: 'seen',
  receipts: [],
  firstMessage: 'never',
  rate: { perSecond: 30, perContact: { count: 1, seconds: 1 } },
}

/** Groups and channels have negative numbers. Telegram takes fewer messages for them (core.telegram.org/bots/faq). */
export const places: readonly Place[] = [
  { name: 'group', addresses: ['-'], can: { ...can, rate: { perSecond: 30, perContact: { count: 20, seconds: 60 } } } },
]
