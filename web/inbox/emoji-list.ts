import { msg } from '../say.ts'

/** The ones people answer with. */
export const quickEmoji = ['👍', '❤️', '😂', '🙏', '😊', '🎉', '👌', '😮', '😢', '🔥', '✅', '👀'] as const

/** The common ones, by what they are about. */
export const emojiGroups: readonly (readonly [string, string])[] = [
  [
    msg('Faces'),
    '😀 😃 😄 😁 😆 😅 😂 🙂 🙃 😉 😊 😇 🥰 😍 😘 😋 😜 🤗 🤔 🤨 😐 😶 😏 😌 😴 😎 🥳 😕 🙁 😮 😲 😳 🥺 😢 😭 😤 😠 🤯 😱 🤒',
  ],
  [msg('Hands and hearts'), '👍 👎 👌 🤝 🙏 👏 🙌 💪 👋 ✌️ 🤞 👉 👆 ❤️ 🧡 💛 💚 💙 💜 🖤 💔 💕 ✨ 🔥 💯'],
  [msg('Work and things'), '✅ ❌ ⚠️ ❓ ❗ 📌 📎 📷 📞 📦 🚚 🛒 💳 💶 🧾 🎁 🎉 🎂 ☕ 🍞 🥐 🍰 🌹 ⏰ 📅 🏠 🚗 ✈️ 🌞 🌧️'],
]
