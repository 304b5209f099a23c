import type { Words } from '../src/site/words.ts'

// English stands where it is said; other languages come with the session (src/site/words.ts).

/** What the button says before the first session. */
export const atFirst: Record<string, Words> = {
  ru: { 'Open chat': 'Открыть чат' },
  fi: { 'Open chat': 'Avaa keskustelu' },
}

/** The first of the wished languages that we speak; English otherwise. */
export const languageOf = (wished: readonly (string | null | undefined)[]): string =>
  wished.map(w => w?.slice(0, 2).toLowerCase() ?? '').find(w => w === 'en' || atFirst[w]) ?? 'en'

/** How many new messages, in words. */
export function freshly(count: number, { words, language }: { words: Words; language: string }): string {
  const form = words[`new ${new Intl.PluralRules(language).select(count)}`]
  return (form ?? (count > 1 ? '# new messages' : '# new message')).replace('#', String(count))
}
