import assert from 'node:assert/strict'
import { test } from 'node:test'
import { i18n } from '@lingui/core'
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage'
import { z } from 'zod'
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

test('what a schema says of a field is said as a person would say it', () => {
  i18n.load('en', Object.fromEntries(Object.keys(readCatalog('en')).map(id => [id, compileMessageOrThrow(id)])))
  i18n.activate('en')
  const said = (schema: z.ZodType, value: unknown) => serverWords(schema.safeParse(value).error!.issues[0]!.message)
  assert.equal(said(z.string().min(1), ''), 'Fill this in.')
  assert.equal(said(z.object({ a: z.string() }), {}), 'Fill this in.')
  assert.equal(said(z.string().max(100), 'x'.repeat(101)), 'At most 100 characters.')
  assert.equal(said(z.string().min(10), 'short'), 'At least 10 characters.')
  assert.equal(said(z.number().max(9), 10), 'At most 9.')
  assert.equal(said(z.number().min(2), 1), 'At least 2.')
  assert.equal(said(z.number(), 'many'), 'Digits only.')
  assert.equal(said(z.url(), 'rubbish'), 'This is no web address.')
})
