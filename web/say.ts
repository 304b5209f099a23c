import { i18n, type Messages } from '@lingui/core'
import { readable } from './readable.ts'

export const locales = ['en', 'ru', 'fi'] as const
export type Locale = (typeof locales)[number]
export const localeNames: Record<Locale, string> = { en: 'English', ru: 'Русский', fi: 'Suomi' }

/** The words of `id`, which is their English, in the chosen language. Plurals are ICU: `{n, plural, one {#} other {#}}`. */
export const t = (id: string, values?: Record<string, unknown>): string => i18n._(id, values)

/** Marks words that are said elsewhere with `t`, so that the catalogues have them. */
export const msg = (id: string): string => id

export const locale = (): Locale => (i18n.locale as Locale) || 'en'

/** Loads a language (the build has compiled its catalogue) and makes it the spoken one. */
export async function speak(to: Locale): Promise<void> {
  const { default: messages } = await catalogs[to]()
  i18n.load(to, messages as Messages)
  i18n.activate(to)
  document.documentElement.lang = to
}

const catalogs: Record<Locale, () => Promise<{ default: Record<string, string> }>> = {
  en: () => import('./locales/en.json'),
  ru: () => import('./locales/ru.json'),
  fi: () => import('./locales/fi.json'),
}

/** What the person speaks, as far as the browser says. */
export function guessLocale(asked: readonly string[] = navigator.languages): Locale {
  const known = asked
    .map(tag => tag.slice(0, 2).toLowerCase())
    .find(tag => (locales as readonly string[]).includes(tag))
  return (known as Locale) ?? 'en'
}

/** Translates a key of the server's; an unknown one is shown in readable form rather than hidden. */
export function tKey(table: Readonly<Record<string, string>>, key: string, values?: Record<string, unknown>): string {
  const id = table[key]
  return id ? t(id, values) : readable(key)
}
