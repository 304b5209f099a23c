import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Parley } from '../parley.ts'
import { newsOf, tellNews } from './news.ts'

const process = () => ({ db: {} }) as Pick<Parley, 'db'>
const patient = () => ({ ms: 60_000, signal: new AbortController().signal })

test('whoever waits is woken with the word, and only for its own channel', async () => {
  const on = process()
  const heard = newsOf(on, '1', patient())
  tellNews(on, '2', 'not for you')
  tellNews(on, '1', 'come')
  assert.equal(await heard, 'come')
})
test('what came while nobody waited is heard at once, the newest of it, and once', async () => {
  const on = process()
  tellNews(on, '1', 'old')
  tellNews(on, '1', 'new')
  assert.equal(await newsOf(on, '1', patient()), 'new')
  assert.equal(await newsOf(on, '1', { ...patient(), ms: 1 }), undefined)
})
test('nobody waits after the end', async () => {
  const [on, end] = [process(), new AbortController()]
  const heard = newsOf(on, '1', { ms: 60_000, signal: end.signal })
  end.abort()
  assert.equal(await heard, undefined)
  assert.equal(await newsOf(on, '1', { ms: 60_000, signal: end.signal }), undefined)
})
