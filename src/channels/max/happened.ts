import { type Json, milliseconds, number, text } from '../kit.ts'

const words = new Map(
  Object.entries({
    bot_added: 'bot-joined',
    bot_removed: 'bot-left',
    user_added: 'joined',
    user_removed: 'left',
    chat_title_changed: 'title-changed',
    dialog_muted: 'muted',
    dialog_unmuted: 'unmuted',
    dialog_cleared: 'chat-cleared',
    dialog_removed: 'chat-removed',
  }),
)

/** What happened rather than was said, by a key that screens translate; nothing for what we do not know. */
export function happened(update: Json): { what: string; values?: Record<string, string> } | undefined {
  const what = words.get(text(update.update_type) ?? '')
  if (!what) return undefined
  const values = valuesOf(what, update)
  return { what, ...(values && { values }) }
}

function valuesOf(what: string, { title, muted_until }: Json): Record<string, string> | undefined {
  if (what === 'title-changed') return { title: text(title) ?? '' }
  if (what === 'muted' && number(muted_until)) return { until: milliseconds(muted_until).toISOString() }
  return undefined
}
