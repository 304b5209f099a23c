/** What breaks jsonb: an escaped NUL, or half of a surrogate pair (JSON.stringify escapes only those). */
const unstorable = /\\u0000|\\ud[89a-f]/

/** JSON that PostgreSQL can hold, whatever rubbish was in the texts. */
export function storable(value: unknown): string {
  const text = JSON.stringify(value)
  if (!unstorable.test(text)) return text
  return JSON.stringify(value, (_key, v) => (typeof v === 'string' ? v.replaceAll('\0', '').toWellFormed() : v))
}
