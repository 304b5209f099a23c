import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import type { Address, Outgoing, RawRequest } from '../contract.ts'
import { site } from './index.ts'
import { sign, signatureHeader } from './verify.ts'

const folder = path.join(import.meta.dirname, 'fixtures')
const now = new Date('2026-11-21T12:00:00Z')

interface Fixture {
  request: Omit<RawRequest, 'body'> & { body: string }
  settings: { secret: string }
  events: unknown[]
}

for (const name of readdirSync(folder)) {
  const fixture = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Fixture
  const request: RawRequest = { ...fixture.request, body: Buffer.from(fixture.request.body) }
  const settings = site.settings.parse(fixture.settings)

  test(`${name} is verified, and read alike every time`, () => {
    assert.equal(site.verify(request, settings, now).verdict, 'accept')
    for (let n = 0; n < 2; n++) assert.deepEqual(JSON.parse(JSON.stringify(site.parse(request))), fixture.events)
  })

  test(`${name} is refused when a byte, the secret or the signature is another`, () => {
    const changed = { ...request, body: Buffer.from(`${fixture.request.body} `) }
    const others = [
      [changed, settings],
      [request, { ...settings, secret: 'f'.repeat(32) }],
      [{ ...request, headers: {} }, settings],
      [
        { ...request, headers: { [signatureHeader]: sign(request.body, '') } },
        { ...settings, secret: '' },
      ],
      [{ ...request, method: 'GET' }, settings],
    ] as const
    for (const [other, secret] of others) assert.equal(site.verify(other, secret, now).verdict, 'reject')
  })
}

test('A request without a visitor or a time is no request of ours', () => {
  for (const body of ['{}', '[]', '{', '{"visitor":{"address":"visitor:1"},"events":[]}'])
    assert.throws(() => site.parse({ method: 'POST', query: {}, headers: {}, body: Buffer.from(body) }))
})

test('Sending needs no network, and repeating it gives the same id', async () => {
  const to: Outgoing = { address: 'visitor:1' as Address, key: 'b5c6' }
  const io = undefined as never
  const once = await site.send({ type: 'text', text: 'Hello' }, to, io)
  assert.deepEqual(once, { ok: true, id: 'out:b5c6' })
  assert.deepEqual(await site.send({ type: 'text', text: 'Hello' }, to, io), once)
  await assert.rejects(site.send({ type: 'template', name: 'hello', language: 'en', values: [] }, to, io))
})

test('A channel is made without typing anything, and every one gets a secret of its own', () => {
  const [one, two] = [site.settings.parse({}), site.settings.parse({})]
  assert.ok(one.secret.length >= 32)
  assert.notEqual(one.secret, two.secret)
  assert.throws(() => site.settings.parse({ secret: '' }))
  assert.throws(() => site.settings.parse({ identitySecret: 'short' }))
  assert.throws(() => site.settings.parse({ color: 'red' }))
  assert.throws(() => site.settings.parse({ colour: '#0b6b66' }))
})
