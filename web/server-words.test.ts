import assert from 'node:assert/strict'
import { test } from 'node:test'
import { i18n } from '@lingui/core'
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage'
import { readCatalog } from './locales/keys.ts'
import { serverWords } from './server-words.ts'

test('what the server says with a day in it is said in the chosen language, and the unknown stays as it is', () => {
  const words = Object.entries(readCatalog('fi')).map(([id, fi]) => [id, compileMessageOrThrow(fi)])
  i18n.load('fi', Object.fromEntries(words))
  i18n.activate('fi')
  assert.equal(
    serverWords('The access token could not be renewed and ends on 2026-12-01. Sign in again before. Taken back.'),
    'Käyttötunnusta ei voitu uusia, ja se vanhenee 2026-12-01. Kirjaudu uudelleen sitä ennen. Taken back.',
  )
  assert.equal(serverWords('Something nobody foresaw.'), 'Something nobody foresaw.')
})
