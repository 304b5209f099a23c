import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { said } from '../../test/fake-channel.ts'
import { testParley } from '../../test/parley.ts'
import { receiveWebhook } from '../inbox/webhook.ts'
import { channelById, connectChannel, disconnect, editChannel, listChannels, setUp } from './connect.ts'
import { judge, type Traffic } from './judge.ts'
import { createSealer } from './seal.ts'

const now = new Date('2026-06-01T12:30:00Z')
const minutesAgo = (n: number) => new Date(now.getTime() - n * 60_000)
const quiet: Traffic = {
  id: '1',
  last_in_at: null,
  reached_at: null,
  last_out_at: null,
  last_rejected_at: null,
  last_rejection: null,
  last_failure_at: null,
  last_failure: null,
  notice: null,
  notice_level: null,
  notice_at: null,
  quarantined: 0,
  held: 0,
  hours: [],
}
const judged = (traffic: Partial<Traffic>, state: 'on' | 'off' | 'reconnect' = 'on') => {
  const health = judge({ ...quiet, ...traffic }, state, now)
  return [health.state, ...health.problems.map(p => p.code)]
}

test('a channel is judged by what passed through it', () => {
  assert.deepEqual(judged({}), ['quiet'])
  assert.deepEqual(judged({ last_in_at: minutesAgo(5) }), ['well'])
  assert.deepEqual(judged({ last_in_at: minutesAgo(5) }, 'off'), ['off'])
  assert.deepEqual(judged({}, 'reconnect'), ['alarm', 'reconnect'])
  assert.deepEqual(judged({ held: 3 }, 'reconnect'), ['alarm', 'reconnect', 'held'])
  assert.deepEqual(judged({ quarantined: 1 }), ['watch', 'quarantined'])
})

test('refused requests are an alarm only where nothing good comes in', () => {
  const refused = { last_rejected_at: minutesAgo(10), last_rejection: 'wrong signature' }
  assert.deepEqual(judged(refused), ['alarm', 'rejected'])
  assert.deepEqual(judged({ ...refused, last_in_at: minutesAgo(2) }), ['watch', 'rejected'])
  assert.deepEqual(judged({ last_rejected_at: minutesAgo(61) }), ['quiet'])
})

test('a failure counts until something goes out again', () => {
  const failed = { last_failure_at: minutesAgo(10), last_failure: 'no such user' }
  assert.deepEqual(judged({ ...failed, last_out_at: minutesAgo(20) }), ['watch', 'failing'])
  assert.deepEqual(judged({ ...failed, last_out_at: minutesAgo(5) }), ['well'])
})

test('what the network told about the account is shown by its weight, for a week', () => {
  const notice = { notice: 'quality: low', notice_level: 'alarm', notice_at: minutesAgo(60), last_in_at: minutesAgo(1) }
  assert.deepEqual(judged(notice), ['alarm', 'notice'])
  assert.deepEqual(judged({ ...notice, notice_level: 'warning' }), ['watch', 'notice'])
  assert.deepEqual(judged({ ...notice, notice_level: 'note' }), ['well'])
  assert.deepEqual(judged({ ...notice, notice_at: minutesAgo(8 * 24 * 60) }), ['well'])
})

test('the bars are the last 24 hours, the current one last', () => {
  const hour = (h: number, received: number) => ({
    hour: new Date(Date.UTC(2026, 5, 1, h)).toISOString(),
    received,
    sent: 1,
    failed: 0,
    rejected: 0,
    unsupported: 0,
  })
  const { hours, received } = judge({ ...quiet, hours: [hour(12, 4), hour(11, 2)] }, 'on', now)
  assert.equal(hours.length, 24)
  assert.deepEqual(hours.slice(-3), [0, 3, 5])
  assert.equal(received, 6)
})

test('sealed settings open with their key only, and not when a single bit was changed', () => {
  const sealer = createSealer(randomBytes(32))
  const sealed = sealer.seal({ token: 'пароль' })
  assert.deepEqual(sealer.open(sealed), { token: 'пароль' })
  assert.ok(!sealer.seal({ token: 'пароль' }).equals(sealed))
  assert.throws(() => createSealer(randomBytes(32)).open(sealed))
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at]! ^= 1
    assert.throws(() => sealer.open(changed), `byte ${at}`)
  }
  assert.throws(() => sealer.open(sealed.subarray(0, 20)))
  assert.throws(() => sealer.open(Buffer.alloc(0)))
})

test('a connected channel shows its settings without its secrets, and keeps them sealed', async t => {
  const p = await testParley(t)
  const made = await connectChannel(p, p.workspaceId, {
    kind: 'fake',
    name: 'Shop',
    settings: { token: 'very-secret-token-1234' },
  })
  assert.ok(made.ok)
  assert.deepEqual(made.channel.settings, { token: '•••• 1234', baseUrl: 'https://fake.example' })
  assert.equal(made.channel.webhookUrl, `https://chat.example/hooks/${made.channel.id}`)
  const { rows } = await p.db.query<{ settings: Buffer }>('select settings from channels where id = $1', [
    made.channel.id,
  ])
  assert.ok(!rows[0]!.settings.includes('very-secret'))
})

test('wrong settings and unknown messengers are refused with the name of the field', async t => {
  const p = await testParley(t)
  const fields = async (kind: string, settings: unknown) => {
    const made = await connectChannel(p, p.workspaceId, { kind, name: 'x', settings })
    return made.ok ? [] : made.errors.map(e => e.field)
  }
  assert.deepEqual(await fields('fake', {}), ['settings.token'])
  assert.deepEqual(await fields('fake', { token: 'x', tokn: 'y' }), ['settings'])
  assert.deepEqual(await fields('fake', 'rubbish'), ['settings'])
  assert.deepEqual(await fields('pigeon', {}), ['kind'])
  assert.equal((await listChannels(p, p.db, p.workspaceId)).length, 1)
})

test('a removed channel takes nothing more in; its conversations stay', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Hello'))
  await disconnect(p, p.workspaceId, p.channelId)
  assert.equal((await p.post('{"events":[]}')).status, 404)
  assert.equal((await p.conversations()).length, 1)
  assert.equal(await channelById(p, p.db, p.workspaceId, p.channelId), undefined)
  assert.equal(await editChannel(p, p.workspaceId, p.channelId, { name: 'again' }), undefined)
})

test('another workspace can neither see, change, set up nor remove a channel', async t => {
  const p = await testParley(t)
  assert.equal(await channelById(p, p.db, '999', p.channelId), undefined)
  assert.equal(await editChannel(p, '999', p.channelId, { name: 'mine' }), undefined)
  assert.equal(await setUp(p, '999', p.channelId), undefined)
  assert.equal(await disconnect(p, '999', p.channelId), false)
  assert.equal((await channelById(p, p.db, p.workspaceId, p.channelId))?.name, 'Fake')
})

test('a request that is not the provider’s is refused and stored nowhere', async t => {
  const p = await testParley(t)
  const request = { method: 'POST', query: { token: 'wrong' }, headers: {}, body: Buffer.from('{}') }
  assert.equal((await receiveWebhook(p, p.channelId, request)).status, 401)
  assert.equal((await receiveWebhook(p, '999999', request)).status, 404)
  assert.equal((await receiveWebhook(p, 'x or 1=1', request)).status, 404)
  const { rows } = await p.db.query('select from deliveries')
  assert.equal(rows.length, 0)
})
