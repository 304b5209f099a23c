import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage'
import { readCatalog, usedKeys } from './keys.ts'

const forms: Record<string, string[]> = { en: ['one', 'other'], fi: ['one', 'other'], ru: ['one', 'few', 'many', 'other'] }
/** The names of the values a message takes. */
const places = (words: string) => [...new Set(compileMessageOrThrow(words).flatMap(token => (Array.isArray(token) ? [token[0]] : [])))]

/** The forms of the plural in a message, in order, or nothing when it has none. */
function formsOf(words: string): string[] {
  const plural = compileMessageOrThrow(words).find(token => Array.isArray(token) && token[1] === 'plural')
  const choices = plural?.[2]
  return choices && typeof choices === 'object' ? Object.keys(choices).filter(form => form !== 'offset') : []
}

describe('the catalogues', () => {
  const used = usedKeys()

  test('there are words to translate', () => {
    assert.ok(used.length > 200, `${used.length} keys were found`)
  })

  for (const locale of Object.keys(forms)) {
    const catalog = readCatalog(locale)

    test(`${locale} has every key of the code and no other`, () => {
      assert.deepEqual(Object.keys(catalog).toSorted(), used.toSorted())
      assert.deepEqual(Object.entries(catalog).filter(([, words]) => !words.trim()), [])
    })

    test(`${locale} has its plural forms and keeps every value`, () => {
      for (const [key, words] of Object.entries(catalog)) {
        assert.deepEqual(places(words).toSorted(), places(key).toSorted(), key)
        const needed = formsOf(key).length ? forms[locale] : []
        assert.deepEqual(formsOf(words), needed, `${locale}: ${words}`)
      }
    })
  }

  test('no language was left in English', () => {
    const same = (locale: string) => Object.entries(readCatalog(locale)).filter(([key, words]) => key === words && /[a-z]{4}/.test(key))
    assert.deepEqual(same('ru'), [])
    // The Finnish word is the same.
    assert.deepEqual(
      same('fi').map(([key]) => key),
      ['Video'],
    )
  })
})
