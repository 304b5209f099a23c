/** A key such as `wall-poll_answer` or `wallPollAnswer` as words: `Wall poll answer`. */
export function readable(key: string): string {
  const words = key
    .replace(/([a-zа-яё0-9])([A-ZА-ЯЁ])/g, '$1 $2')
    .replace(/[-_.:/]+/g, ' ')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A name as it stands within a sentence: `Bot token` -> `bot token`, while SID, ID and API stay as they are. */
export const inSentence = (name: string): string => name.replace(/^\p{Lu}(?!\p{Lu})/u, first => first.toLowerCase())
