import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { launch, startParley } from '../harness/server.ts'

const server = await startParley()

test('a second start on the same data says who runs there and ends with 1; the first goes on', async () => {
  const { child, printed } = launch({ ...server.env, PORT: '0' })
  const [code] = await once(child, 'exit')
  assert.equal(code, 1)
  assert.match(printed.join(''), /Parley already runs on .*: process \d+/)
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200)
})

test('a start on a port that is taken says so and ends with 1', async t => {
  const other = await startParley()
  t.after(() => other.stop())
  await other.kill()
  const { child, printed } = launch({ ...other.env, PORT: String(server.port) })
  const [code] = await once(child, 'exit')
  assert.equal(code, 1)
  assert.match(printed.join(''), /EADDRINUSE/)
})

test('a start with settings that make no sense names each and ends with 1', async () => {
  const { child, printed } = launch({ ...server.env, PORT: 'many', PARLEY_PUBLIC_URL: 'chat' })
  const [code] = await once(child, 'exit')
  assert.equal(code, 1)
  assert.match(printed.join(''), /PORT is not a number.*PARLEY_PUBLIC_URL is not a web address/s)
})
