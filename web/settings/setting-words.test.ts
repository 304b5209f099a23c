import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { adapters } from '../../src/channels/index.ts'
import { settingsSchema } from '../../src/connections/settings.ts'
import { readCatalog } from '../locales/keys.ts'

interface Drawn {
  properties: Record<string, { title?: string; description?: string }>
}

const root = join(import.meta.dirname, '../..')
const sources = (folder: string): string =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map(file => readFileSync(join(root, folder, file), 'utf8'))
    .join('\n')

const listed = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/msg\(\s*'(.*)',?\s*\)/g)].map(match => match[1]!)

describe('the words of the server', () => {
  for (const { kind, name, settings } of adapters.map(a => ({ ...a, settings: settingsSchema(a) as unknown as Drawn })))
    for (const locale of ['ru', 'fi'])
      test(`every setting of ${kind} has its title and description in ${locale}`, () => {
        const catalog = readCatalog(locale)
        const ours = listed('web/settings/setting-words.ts')
        const words = Object.values(settings.properties).flatMap(field => [field.title, field.description])
        assert.ok(words.length > 0, `${name} asks for nothing`)
        assert.deepEqual(
          words.filter(english => !english || !catalog[english] || !ours.includes(english)),
          [],
        )
      })

  test('nothing is translated that the server no longer says', () => {
    const server = sources('src')
    const stale = [...listed('web/settings/setting-words.ts'), ...listed('web/server-words.ts')].filter(
      // What the moment brings stands between fixed words.
      english => !english.split(/\{\w+\}/).every(words => server.includes(words)),
    )
    assert.deepEqual(stale, [])
  })
})
