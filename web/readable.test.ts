import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inSentence } from './readable.ts'

test('a name within a sentence begins small, an abbreviation does not', () => {
  const names = ['Bot token', 'Токен бота', 'SID аккаунта', 'API-ключ', 'ID', 'Käyttöavain']
  assert.deepEqual(names.map(inSentence), ['bot token', 'токен бота', 'SID аккаунта', 'API-ключ', 'ID', 'käyttöavain'])
})
