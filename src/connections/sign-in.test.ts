import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { z } from 'zod'
import { fakeChannel } from '../../test/fake-channel.ts'
import { testParley } from '../../test/parley.ts'
import type { SignIn } from '../channels/contract.ts'
import { editChannel, listChannels } from './connect.ts'
import { beginSignIn, connectSignedIn, finishSignIn } from './sign-in.ts'

async function signing(t: TestContext) {
  const fake = fakeChannel()
  let asked = 0
  const challenges: string[] = []
  fake.adapter.settings = z.strictObject({
    token: z.string().meta({ secret: true }),
    baseUrl: z.string().optional(),
    page: z.string().optional(),
    password: z.string().optional(),
  }) as z.ZodType<unknown>
  const way = (id: string): SignIn => ({
    id,
    needs: ['baseUrl'],
    at: `Fake ${id}`,
    identifies: 'page',
    fits: ({ baseUrl = '' }) => baseUrl.includes(id),
    address({ baseUrl }, { redirectUri, state, challenge }) {
      challenges.push(challenge)
      return `${baseUrl}/agree?back=${encodeURIComponent(redirectUri)}&state=${state}`
    },
    async accounts(_given, { code, verifier }) {
      asked++
      assert.equal(createHash('sha256').update(verifier).digest('base64url'), challenges.at(-1))
      if (code !== 'agreed') throw new Error('The code was used already.')
      return ['Helsinki', 'Turku'].map(town => ({
        name: `Rye, ${town}`,
        settings: { page: town, token: `token of ${town} by ${id}`, password: null },
      }))
    },
  })
  fake.adapter.signIns = [way('fake'), way('other')]
  const p = await testParley(t, fake)
  const by = { workspaceId: p.workspaceId, agentId: p.by.id }
  const begin = async (more: { channelId?: string; like?: string; way?: string; settings?: object } = {}) => {
    const begun = await beginSignIn(p.parley, by, {
      kind: 'fake',
      name: '',
      settings: { baseUrl: 'https://fake.example' },
      ...(more as object),
    })
    assert.ok(begun.ok)
    return begun
  }
  const tokens = async () => {
    const rows = await listChannels(p.parley, p.db, p.workspaceId)
    const open = await Promise.all(rows.map(row => p.channels.byId(row.id)))
    return open.map(channel => `${channel!.name}: ${(channel!.settings as { token: string }).token}`)
  }
  return { p, by, begin, tokens, asked: () => asked }
}

test('after agreeing at the provider the chosen accounts are connected and set up', async t => {
  const { p, by, begin, tokens, asked } = await signing(t)
  const { address, state } = await begin()
  assert.ok(
    address.startsWith(
      'https://fake.example/agree?back=https%3A%2F%2Fchat.example%2Fsettings%2Fmessengers%2Fconnect-back',
    ),
  )
  const back = { state, code: 'agreed' }
  const found = { ok: true, kind: 'fake', accounts: ['Rye, Helsinki', 'Rye, Turku'], channelId: null, own: null }
  assert.deepEqual(await finishSignIn(p.parley, by, back), found)
  // A reloaded page must not use the code up twice.
  assert.deepEqual(await finishSignIn(p.parley, by, back), found)
  assert.equal(asked(), 1)
  const done = await connectSignedIn(p.parley, by, { state, chosen: [0, 1] })
  assert.ok(done?.ok)
  assert.deepEqual((await tokens()).slice(1), [
    'Rye, Helsinki: token of Helsinki by fake',
    'Rye, Turku: token of Turku by fake',
  ])
  const first = (await listChannels(p.parley, p.db, p.workspaceId)).find(c => c.name === 'Rye, Helsinki')
  assert.equal(first?.account, 'Fake account')
  assert.equal(await connectSignedIn(p.parley, by, { state, chosen: [0] }), undefined, 'it is used up')
})

test('a channel that is connected anew keeps its id, and so its history', async t => {
  const { p, by, begin, tokens } = await signing(t)
  const settings = { page: 'turku', password: 'of old', baseUrl: 'https://other.example' }
  await editChannel(p.parley, p.workspaceId, p.channelId, { settings })
  const [before] = await listChannels(p.parley, p.db, p.workspaceId)
  assert.deepEqual(before!.signIn, { id: 'other', at: 'Fake other' }, 'one press is enough')
  const { state } = await begin({ channelId: p.channelId, settings: {} })
  const found = await finishSignIn(p.parley, by, { state, code: 'agreed' })
  assert.deepEqual(found?.ok && [found.channelId, found.own], [p.channelId, 1])
  const wrong = await connectSignedIn(p.parley, by, { state, chosen: [0] })
  assert.match(!wrong?.ok ? wrong!.errors[0]!.message : '', /signed in as Rye, Helsinki .* this channel is for turku/)
  const done = await connectSignedIn(p.parley, by, { state, chosen: [1] })
  assert.ok(done?.ok)
  assert.equal(done.channels[0]!.id, p.channelId)
  assert.deepEqual(await tokens(), ['Fake: token of Turku by other'])
  assert.equal('password' in done.channels[0]!.settings, false, 'what the sign-in makes useless is taken away')
})

test('an account that is connected already keeps its channel, however one comes to it', async t => {
  const { p, by, begin, tokens } = await signing(t)
  await editChannel(p.parley, p.workspaceId, p.channelId, { settings: { page: 'Helsinki' } })
  const { state } = await begin()
  await finishSignIn(p.parley, by, { state, code: 'agreed' })
  await connectSignedIn(p.parley, by, { state, chosen: [0, 1] })
  assert.deepEqual(await tokens(), ['Fake: token of Helsinki by fake', 'Rye, Turku: token of Turku by fake'])
})

test('the application of one channel serves for another account, and nothing else of that channel', async t => {
  const { p, by, begin, tokens } = await signing(t)
  const settings = { page: 'Oulu', password: 'secret of Oulu', baseUrl: 'https://other.example' }
  await editChannel(p.parley, p.workspaceId, p.channelId, { settings })
  const { state, address } = await begin({ like: p.channelId, way: 'other', settings: {} })
  assert.ok(address.startsWith('https://other.example/agree'))
  await finishSignIn(p.parley, by, { state, code: 'agreed' })
  const done = await connectSignedIn(p.parley, by, { state, chosen: [1] })
  assert.ok(done?.ok)
  assert.deepEqual(await tokens(), ['Fake: one', 'Rye, Turku: token of Turku by other'])
  assert.deepEqual(Object.keys(done.channels[0]!.settings).sort(), ['baseUrl', 'page', 'token'])
  const foreign = await beginSignIn(
    p.parley,
    { ...by, workspaceId: '999999' },
    {
      kind: 'fake',
      name: '',
      settings: {},
      like: p.channelId,
    },
  )
  assert.equal(foreign.ok, false)
})

test('only the person who began may finish, in time, and what the provider refuses is said', async t => {
  const { p, by, begin } = await signing(t)
  const { state } = await begin()
  assert.equal(await finishSignIn(p.parley, { ...by, agentId: null }, { state, code: 'agreed' }), undefined)
  assert.equal(await finishSignIn(p.parley, { ...by, workspaceId: '999999' }, { state, code: 'agreed' }), undefined)
  assert.deepEqual(await finishSignIn(p.parley, by, { state, code: 'stale' }), {
    ok: false,
    errors: [{ field: 'code', message: 'The code was used already.' }],
  })
  p.time.offset = 31 * 60_000
  assert.equal(await finishSignIn(p.parley, by, { state, code: 'agreed' }), undefined)
})

test('what is missing before the sign-in is named, and nothing secret lies open in the database', async t => {
  const { p, by, begin } = await signing(t)
  const none = { kind: 'fake', name: '', settings: {} }
  assert.deepEqual(await beginSignIn(p.parley, by, none), {
    ok: false,
    errors: [{ field: 'settings.baseUrl', message: 'is needed before you sign in' }],
  })
  const { state } = await begin()
  await finishSignIn(p.parley, by, { state, code: 'agreed' })
  const { rows } = await p.db.query<{ row: string }>(
    "select encode(given || accounts || state_hash, 'escape') as row from sign_ins",
  )
  assert.ok(!/Helsinki|fake\.example/.test(rows[0]!.row))
  assert.ok(!rows[0]!.row.includes(state))
})
