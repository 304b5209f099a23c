import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testParley } from '../../test/parley.ts'

const asked = (key: string, body: object) => ({
  method: 'POST' as const,
  url: '/api/v1/channels',
  headers: { authorization: 'Bearer test-key', 'idempotency-key': key },
  payload: body,
})

async function api(t: Parameters<typeof testParley>[0]) {
  const { app, db, workspaceId } = await testParley(t)
  const { insertKey } = await import('../accounts/keys.ts')
  await insertKey(db, workspaceId, { name: 'test', token: 'test-key', by: null })
  return app
}

const fake = { kind: 'fake', name: 'Once', settings: { token: 'one' } }

test('the same key is the same channel, also when both requests come at once', async t => {
  const app = await api(t)
  const answers = await Promise.all([1, 2, 3].map(() => app.inject(asked('one', fake))))
  const made = answers.filter(a => a.statusCode === 201)
  assert.ok(made.length >= 1)
  for (const a of answers) assert.ok(a.statusCode === 201 || a.statusCode === 409, a.body)
  const again = await app.inject(asked('one', fake))
  assert.equal(again.statusCode, 201)
  assert.equal(again.json().id, made[0]!.json().id)
})

test('a key is refused for another request, and free again after one that failed', async t => {
  const app = await api(t)
  assert.equal((await app.inject(asked('two', { ...fake, kind: 'nothing' }))).statusCode, 400)
  assert.equal((await app.inject(asked('two', fake))).statusCode, 201)
  const other = await app.inject(asked('two', { ...fake, name: 'Other' }))
  assert.equal(other.statusCode, 422)
  assert.equal(other.json().field, 'Idempotency-Key')
})
