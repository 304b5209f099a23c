import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fakeChannel } from '../../test/fake-channel.ts'
import { testParley } from '../../test/parley.ts'
import { listChannels } from './connect.ts'
import { beginSignIn, connectSignedIn, finishSignIn } from './sign-in.ts'

async function signing(t: TestContext) {
  const fake = fakeChannel()
  let asked = 0
  fake.adapter.signIn = {
    needs: ['baseUrl'],
    at: 'Fake Inc.',
    address: ({ baseUrl }, { redirectUri, state }) =>
      `${baseUrl}/agree?back=${encodeURIComponent(redirectUri)}&state=${state}`,
    async accounts(_given, { code }) {
      asked++
      if (code !== 'agreed') throw new Error('The code was used already.')
      return [
        { name: 'Rye, Helsinki', settings: { token: 'token of Helsinki' } },
        { name: 'Rye, Turku', settings: { token: 'token of Turku' } },
      ]
    },
  }
  const p = await testParley(t, fake)
  const by = { workspaceId: p.workspaceId, agentId: p.by.id }
  const begin = async (more: { channelId?: string } = {}) => {
    const begun = await beginSignIn(p.parley, by, {
      kind: 'fake',
      name: '',
      settings: { baseUrl: 'https://fake.example' },
      ...more,
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
  const found = { ok: true, kind: 'fake', accounts: ['Rye, Helsinki', 'Rye, Turku'] }
  assert.deepEqual(await finishSignIn(p.parley, by, back), found)
  // A reloaded page must not use the code up twice.
  assert.deepEqual(await finishSignIn(p.parley, by, back), found)
  assert.equal(asked(), 1)
  const done = await connectSignedIn(p.parley, by, { state, chosen: [0, 1] })
  assert.ok(done?.ok)
  assert.deepEqual((await tokens()).slice(1), ['Rye, Helsinki: token of Helsinki', 'Rye, Turku: token of Turku'])
  const first = (await listChannels(p.parley, p.db, p.workspaceId)).find(c => c.name === 'Rye, Helsinki')
  assert.equal(first?.account, 'Fake account')
  assert.equal(await connectSignedIn(p.parley, by, { state, chosen: [0] }), undefined, 'it is used up')
})

test('a channel that is connected anew keeps its id, and so its history', async t => {
  const { p, by, begin, tokens } = await signing(t)
  const { state } = await begin({ channelId: p.channelId })
  await finishSignIn(p.parley, by, { state, code: 'agreed' })
  const done = await connectSignedIn(p.parley, by, { state, chosen: [1] })
  assert.ok(done?.ok)
  assert.equal(done.channels[0]!.id, p.channelId)
  assert.deepEqual(await tokens(), ['Fake: token of Turku'])
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
