import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testParley } from '../../test/parley.ts'
import { ioFor } from '../inbox/io.ts'
import { editChannel } from './connect.ts'

async function tokens(t: Parameters<typeof testParley>[0]) {
  const p = await testParley(t)
  const other = await testParley(t, p.fake, p.db)
  const io = async (of: typeof p | typeof other) =>
    ioFor(of.parley, (await of.channels.byId(p.channelId))!, AbortSignal.timeout(10_000))
  let renewals = 0
  const renew = async () => {
    renewals++
    return { value: `token ${renewals}`, expiresAt: new Date(p.now().getTime() + 3_600_000) }
  }
  return { p, other, io, renew, renewals: () => renewals }
}

test('many workers of several processes that need a token at once share one renewal', async t => {
  const { p, other, io, renew, renewals } = await tokens(t)
  const ios = await Promise.all([p, other, p, other, p].map(io))
  const got = await Promise.all(ios.map(one => one.token('access', renew)))
  assert.deepEqual(new Set(got), new Set(['token 1']))
  assert.equal(renewals(), 1)
})

test('a token is renewed before it expires, and one that was refused at once', async t => {
  const { p, io, renew } = await tokens(t)
  const mine = await io(p)
  assert.equal(await mine.token('access', renew), 'token 1')
  p.time.offset = 3_580_000
  assert.equal(await (await io(p)).token('access', renew), 'token 2')
  await mine.forgetToken('access')
  assert.equal(await mine.token('access', renew), 'token 3')
})

test('a token that another worker renewed already is not forgotten with the refused one', async t => {
  const { p, other, io, renew, renewals } = await tokens(t)
  const [mine, theirs] = [await io(p), await io(other)]
  await mine.token('access', renew)
  await theirs.token('access', renew)
  p.time.offset = 1000 // the next one expires later than the first
  await mine.forgetToken('access')
  assert.equal(await mine.token('access', renew), 'token 2')
  await theirs.forgetToken('access') // it was refused the first one
  assert.equal(await theirs.token('access', renew), 'token 2')
  assert.equal(renewals(), 2)
})

test('tokens are sealed, and forgotten when the settings change', async t => {
  const { p, io, renew } = await tokens(t)
  await (await io(p)).token('access', renew)
  const { rows } = await p.db.query<{ value: Buffer }>('select value from channel_tokens')
  assert.ok(!rows[0]!.value.includes('token 1'))
  await editChannel(p.parley, p.workspaceId, p.channelId, { settings: { token: 'two' } })
  assert.equal(await (await io(p)).token('access', renew), 'token 2')
})

test('a renewal that fails keeps nothing, and the next one asks again', async t => {
  const { p, io, renew } = await tokens(t)
  const mine = await io(p)
  await assert.rejects(
    mine.token('access', () => Promise.reject(new Error('the provider is down'))),
    /is down/,
  )
  assert.equal(await mine.token('access', renew), 'token 1')
})

test('a link is made once, made again after it failed or was dropped, and closed with the settings', async t => {
  const { p, io } = await tokens(t)
  let made = 0
  const closed: number[] = []
  const make = async () => {
    const n = ++made
    if (n === 1) throw new Error('nobody answers')
    return { n, close: () => void closed.push(n) }
  }
  const mine = await io(p)
  await assert.rejects(mine.open('smtp', make), /nobody answers/)
  assert.equal((await mine.open('smtp', make)).n, 2)
  assert.equal((await mine.open('smtp', make)).n, 2)
  await mine.drop('smtp')
  assert.equal((await mine.open('smtp', make)).n, 3)
  await editChannel(p.parley, p.workspaceId, p.channelId, { settings: { token: 'two' } })
  assert.equal((await (await io(p)).open('smtp', make)).n, 4)
  assert.deepEqual(closed, [2, 3])
})
