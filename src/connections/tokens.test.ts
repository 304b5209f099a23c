import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testParley } from '../../test/parley.ts'
import { ioFor } from '../inbox/io.ts'
import { disconnect, editChannel } from './connect.ts'

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

/** A network that gives a new refresh token with every access token, and takes only the newest. */
function rotating(p: { now(): Date }, first = 'one') {
  let newest = first
  const used: string[] = []
  const renew = async ({ settings }: { settings: unknown }) => {
    const { token } = settings as { token: string }
    used.push(token)
    if (token !== newest) throw new Error('invalid_grant')
    newest = `${first}+${used.length}`
    const expiresAt = new Date(p.now().getTime() + 3_600_000)
    return { value: `access by ${token}`, expiresAt, settings: { token: newest } }
  }
  return { renew, used, newest: () => newest }
}

const tokenOf = async (
  of: { channels: { byId(id: string): Promise<{ settings: unknown } | undefined> } },
  id: string,
) => ((await of.channels.byId(id))!.settings as { token: string }).token

test('a rotated secret is kept, also by a worker whose settings are older', async t => {
  const { p, other, io } = await tokens(t)
  const network = rotating(p)
  const [mine, theirs] = [await io(p), await io(other)]
  assert.equal(await mine.token('oauth', network.renew), 'access by one')
  assert.equal(await tokenOf(p, p.channelId), 'one+1')
  p.time.offset = 3_600_000
  other.time.offset = 3_600_000
  assert.equal((theirs.settings as { token: string }).token, 'one')
  assert.equal(await theirs.token('oauth', network.renew), 'access by one+1')
  assert.deepEqual(network.used, ['one', 'one+1'])
})

test('two processes that renew at once use a secret once', async t => {
  const { p, other, io } = await tokens(t)
  const network = rotating(p)
  const got = await Promise.all(
    (await Promise.all([p, other, p].map(io))).map(one => one.token('oauth', network.renew)),
  )
  assert.deepEqual(new Set(got), new Set(['access by one']))
  assert.deepEqual(network.used, ['one'])
})

test('what an administrator changed during a renewal wins, and the rest of the renewal is kept', async t => {
  const { p, io } = await tokens(t)
  const network = rotating(p)
  const edit = (settings: object) => editChannel(p.parley, p.workspaceId, p.channelId, { settings: { ...settings } })
  const mine = await io(p)
  await mine.token('oauth', async at => {
    const renewed = await network.renew(at)
    await edit({ token: 'typed by hand' })
    return renewed
  })
  assert.equal(await tokenOf(p, p.channelId), 'typed by hand')
  const { rows } = await p.db.query('select 1 from channel_tokens')
  assert.equal(rows.length, 0, 'a token of the older settings is kept for nobody')

  const next = rotating(p, 'typed by hand')
  await (await io(p)).token('oauth', async at => {
    const renewed = await next.renew(at)
    await edit({ baseUrl: 'https://moved.example' })
    return renewed
  })
  const channel = await p.channels.byId(p.channelId)
  assert.deepEqual(channel!.settings, { token: next.newest(), baseUrl: 'https://moved.example' })
})

test('a rotated secret neither closes connections nor counts as an edit', async t => {
  const { p, io } = await tokens(t)
  const { renew } = rotating(p)
  let closed = 0
  const make = async () => ({ close: () => void closed++ })
  const mine = await io(p)
  const link = await mine.open('imap', make)
  await mine.token('oauth', renew)
  assert.equal(await (await io(p)).open('imap', make), link)
  assert.equal(closed, 0)
})

test('a rotation that was not written down leaves the older secret, and the refusal says so', async t => {
  const { p, other, io } = await tokens(t)
  const network = rotating(p)
  const killed = (at: { settings: unknown }) => network.renew(at).then(() => Promise.reject(new Error('killed')))
  await assert.rejects((await io(p)).token('oauth', killed), /killed/)
  assert.equal(await tokenOf(other, p.channelId), 'one')
  await assert.rejects((await io(other)).token('oauth', network.renew), /invalid_grant/)
})

test('a renewal that ends after the channel was removed brings nothing back', async t => {
  const { p, io } = await tokens(t)
  const network = rotating(p)
  const mine = await io(p)
  await mine.token('oauth', async at => {
    const renewed = await network.renew(at)
    await disconnect(p.parley, p.workspaceId, p.channelId)
    return renewed
  })
  const { rows } = await p.db.query('select 1 from channel_tokens')
  assert.equal(rows.length, 0)
})

test('a renewal is told when the last token ends, and may be asked for long before', async t => {
  const { p, io, renew } = await tokens(t)
  const mine = await io(p)
  await mine.token('access', renew)
  let ends: Date | undefined
  const early = (at: { ends?: Date }) => {
    ends = at.ends
    return renew()
  }
  assert.equal(await mine.token('access', early), 'token 1')
  assert.equal(await mine.token('access', early, 7_200_000), 'token 2')
  assert.ok(ends && ends > p.now())
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
