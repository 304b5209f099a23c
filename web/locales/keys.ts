import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const web = join(import.meta.dirname, '..')
const call = /\b(?:t|msg)\(\s*'((?:[^'\\]|\\.)*)'/g

/** Every key of `t('…')` and `msg('…')` in the app's sources, in order of first use. */
export function usedKeys(): string[] {
  const files = readdirSync(web, { recursive: true, encoding: 'utf8' })
  const sources = files.filter(file => /\.tsx?$/.test(file) && !/\.test\.ts$|^fake|^locales/.test(file))
  const keys = sources.toSorted().flatMap(file => [...readFileSync(join(web, file), 'utf8').matchAll(call)].map(m => m[1]!))
  return [...new Set(keys)]
}

export const catalogPath = (locale: string): string => join(web, 'locales', `${locale}.json`)

export const readCatalog = (locale: string): Record<string, string> =>
  JSON.parse(readFileSync(catalogPath(locale), 'utf8')) as Record<string, string>
