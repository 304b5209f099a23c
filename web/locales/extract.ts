import { writeFileSync } from 'node:fs'
import { catalogPath, readCatalog, usedKeys } from './keys.ts'

/** Brings the catalogues in line with the sources: orphans go, new keys come (empty where they need a translator). */
for (const locale of ['en', 'ru', 'fi']) {
  const old = readCatalog(locale)
  const entries = usedKeys().map(key => [key, locale === 'en' ? key : (old[key] ?? '')] as const)
  writeFileSync(catalogPath(locale), `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`)
  const missing = entries.filter(([, words]) => !words)
  process.stdout.write(`${locale}: ${entries.length} keys, ${missing.length} to translate\n`)
}
