import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import Fastify from 'fastify'
import { pino } from 'pino'
import { clientId, clientSecret, revoke, takeOnce } from '../../sandbox/email/oauth.ts'
import { emailWire } from '../../sandbox/email.ts'
import { instagramWire } from '../../sandbox/instagram.ts'
import { messengerWire } from '../../sandbox/messenger.ts'
import { appId } from '../../sandbox/meta/ids.ts'
import type { Wire } from '../../sandbox/wire.ts'
import { createWorld } from '../../sandbox/world.ts'
import { insertAgent } from '../../src/accounts/store.ts'
import type { Io } from '../../src/channels/contract.ts'
import { loginOf } from '../../src/channels/email/login.ts'
import { type Settings, signingKey } from '../../src/channels/email/settings.ts'
import { readConfig } from '../../src/config.ts'
import { connectChannel, listChannels } from '../../src/connections/connect.ts'
import { beginSignIn, connectSignedIn, finishSignIn } from '../../src/connections/sign-in.ts'
import { tendChannels } from '../../src/connections/tend.ts'
import { ioFor } from '../../src/inbox/io.ts'
import { listConversations, listMessages } from '../../src/inbox/list.ts'
import { reply } from '../../src/inbox/reply.ts'
import { assemble } from '../../src/start.ts'
import { testDatabase } from '../database.ts'
import { makeWorkspace, until } from '../parley.ts'
import { anna } from './email-stage.ts'
import { liza } from './meta-stage.ts'

/** The whole way of signing in: Parley, the page of the simulated provider, and back. */

const hour = 3_600_000

async function openTown(t: TestContext, wire: Wire) {
  const closings: (() => unknown)[] = []
  t.after(async () => {
    for (const close of closings) await close()
  })
  const db = await testDatabase(t)
  const clock = { offset: 0 }
  const now = () => new Date(Date.now() + clock.offset)
  const world = createWorld(wire, { name: 'Rowan & Rye', people: [anna, liza], haste: 100, now })
  const app = Fastify()
  app.register(async scope => world.mount(scope, ''))
  await app.listen({ host: '127.0.0.1', port: 0 })
  world.baseUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const serving = await wire.serve?.(world)
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-test-sign-in-'))
  const config = readConfig({
    PARLEY_DATA: data,
    PARLEY_SECRET_KEY: 'ab'.repeat(32),
    PARLEY_PUBLIC_URL: 'https://chat.example',
  })
  const process = () => assemble({ config, db, log: pino({ level: 'silent' }), demo: false, now })
  const parley = await process()
  const workspaceId = await makeWorkspace(db, `sign-in-${randomUUID()}`)
  closings.push(
    () => parley.close(),
    () => serving?.close(),
    () => world.close(),
    () => app.close(),
    () => fs.rmSync(data, { recursive: true, force: true }),
  )
  const by = { workspaceId, agentId: null }
  const begin = async (more: { way?: string; settings?: Record<string, string>; channelId?: string }) => {
    const begun = await beginSignIn(parley, by, { kind: wire.kind, name: '', settings: {}, ...more })
    assert.ok(begun.ok, JSON.stringify(begun))
    return begun.address
  }
  const finish = async (back: { state: string; code: string }) => (await finishSignIn(parley, by, back))!
  /** From the button until the channel stands. */
  const signIn = async (more: Parameters<typeof begin>[0]) => {
    const back = await agree(await begin(more))
    const found = await finish(back)
    assert.ok(found.ok, JSON.stringify(found))
    const done = await connectSignedIn(parley, by, { state: back.state, chosen: [found.own ?? 0] })
    assert.ok(done?.ok, JSON.stringify(done))
    return { found, channel: done.channels[0]! }
  }
  const aino = (await insertAgent(db, workspaceId, { email: 'aino@rye.example', name: 'Aino', role: 'agent' }))!
  const say = (conversationId: string, text: string) =>
    reply(parley, {
      workspaceId,
      conversationId,
      parts: [{ type: 'text', text }],
      clientId: randomUUID(),
      by: { type: 'agent', id: aino.id, name: aino.name },
    })
  const channels = () => listChannels(parley, db, workspaceId)
  const settings = async (id: string) => (await parley.channels.byId(id))!.settings as Record<string, string>
  const tend = async (hours: number) => {
    clock.offset += hours * hour
    await tendChannels(parley)
    return (await channels())[0]!.health
  }
  return {
    parley,
    db,
    world,
    workspaceId,
    clock,
    process,
    closings,
    begin,
    finish,
    signIn,
    say,
    channels,
    settings,
    tend,
  }
}

/** Reads the page as a browser would, presses the button and is sent back. */
async function agree(address: string, button = 'Allow'): Promise<{ state: string; code: string; error: string }> {
  const page = await (await fetch(address)).text()
  const href = new RegExp(`href="([^"]+)">${button}</a>`).exec(page)?.[1]
  assert.ok(href, page)
  const back = new URL(href.replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code))))
  assert.equal(back.origin + back.pathname, 'https://chat.example/settings/messengers/connect-back')
  const { state = '', code = '', error = '' } = Object.fromEntries(back.searchParams)
  return { state, code, error }
}

const meta = ({ world }: Awaited<ReturnType<typeof openTown>>) => ({
  appId: appId(world),
  appSecret: world.account.secret,
  verifyToken: 'knock',
  baseUrl: world.baseUrl,
})

const google = ({ world }: Awaited<ReturnType<typeof openTown>>) => {
  const { baseUrl, smtpUrl, tokenUrl } = emailWire.settings(world)
  const servers = { baseUrl: baseUrl!, smtpUrl: smtpUrl!, tokenUrl: tokenUrl! }
  return { ...servers, clientId: clientId(world), clientSecret: clientSecret(world) }
}
const microsoft = (town: Awaited<ReturnType<typeof openTown>>) => ({
  ...google(town),
  tenant: 'rye',
  tokenUrl: `${town.world.baseUrl}/common/oauth2/v2.0/token`,
})

test('Instagram: signing in connects the account, and the token that is renewed every day is kept', async t => {
  const town = await openTown(t, instagramWire)
  const { found, channel } = await town.signIn({ way: 'instagram', settings: meta(town) })
  assert.deepEqual(found.ok && found.accounts, ['rowan.rye'])
  assert.equal(channel.settings.accountId, `17841${town.world.account.id}`)
  const first = (await town.settings(channel.id)).accessToken
  const { problems } = await town.tend(1)
  // The town has no public address, and says so.
  assert.deepEqual(
    problems.filter(({ code }) => code !== 'unproven'),
    [],
    'a young token is left alone',
  )
  assert.equal((await town.settings(channel.id)).accessToken, first)
  await town.tend(25)
  const second = (await town.settings(channel.id)).accessToken
  assert.notEqual(second, first)
  await town.tend(25)
  assert.notEqual((await town.settings(channel.id)).accessToken, second)
  assert.deepEqual((await town.channels())[0]!.signIn, { id: 'instagram', at: 'Instagram' })
})

test('Instagram: a code is good once, and without access to messages nothing is connected', async t => {
  const town = await openTown(t, instagramWire)
  const back = await agree(await town.begin({ way: 'instagram', settings: meta(town) }))
  assert.ok((await town.finish(back)).ok)
  const address = new URL(await town.begin({ way: 'instagram', settings: meta(town) }))
  const again = await town.finish({ state: address.searchParams.get('state')!, code: back.code })
  assert.match(JSON.stringify(again), /This authorization code has been used/)
  address.searchParams.set('scope', 'instagram_business_basic')
  assert.match(JSON.stringify(await town.finish(await agree(address.href))), /not allowed to give access to messages/)
  assert.equal((await town.channels()).length, 0)
})

test('Messenger: signing in connects the page, and again it is the same channel', async t => {
  const town = await openTown(t, messengerWire)
  const { channel } = await town.signIn({ settings: meta(town) })
  const { channel: same, found } = await town.signIn({ channelId: channel.id })
  assert.equal(same.id, channel.id)
  assert.equal(found.ok && found.own, 0)
  const back = await agree(await town.begin({ channelId: channel.id }), 'Do not allow')
  assert.deepEqual([back.error, back.code], ['access_denied', ''])
})

test('Google: signing in connects the mailbox; a consent taken back makes it red, and signing in again loses nothing', async t => {
  const town = await openTown(t, emailWire)
  const { channel } = await town.signIn({ way: 'google', settings: google(town) })
  assert.equal(channel.settings.address, 'rowanrye@shop.example')
  assert.equal('password' in channel.settings, false)
  await town.parley.app.listen({ host: '127.0.0.1', port: 0 })
  const conversation = async () =>
    (await listConversations(town.db, town.workspaceId, { view: 'all', agentId: null, limit: 10 })).items[0]
  const heard = async (count: number) => {
    const found = await conversation()
    const page = { conversationId: found?.id ?? '0', limit: 10 }
    return (
      (await listMessages(town.db, town.workspaceId, page)).items.filter(m => m.direction === 'in').length === count
    )
  }
  const answers = () => town.world.bubbles.filter(bubble => bubble.from === 'business')
  town.world.act(anna.id, { do: 'text', text: 'Is there rye bread?' })
  await until(() => heard(1), 'the first mail is read')
  revoke(town.world)
  const health = await town.tend(2)
  assert.equal(health.state, 'alarm')
  assert.match(JSON.stringify(health.problems), /reconnect.*expired or revoked/)
  town.world.act(anna.id, { do: 'text', text: 'Hello?' })
  const said = await town.say((await conversation())!.id, 'Yes, from eight.')
  assert.ok(said.ok, JSON.stringify(said))
  await town.parley.worker.idle()
  assert.equal(answers().length, 0)
  const again = await town.signIn({ channelId: channel.id })
  assert.equal(again.channel.id, channel.id)
  await until(() => heard(2), 'the mail of the meantime is read')
  await until(async () => answers().length === 1, 'the answer that waited has gone out')
  assert.notEqual((await town.channels())[0]!.health.state, 'alarm')
})

test('Microsoft: each new refresh token is kept, also where the older one is worth nothing from then on', async t => {
  const town = await openTown(t, emailWire)
  takeOnce(town.world)
  const { channel } = await town.signIn({ way: 'microsoft', settings: microsoft(town) })
  assert.equal(channel.settings.tokenUrl, `${town.world.baseUrl}/rye/oauth2/v2.0/token`)
  const seen = new Set<string>()
  for (let day = 0; day < 3; day++) {
    const health = await town.tend(25)
    assert.notEqual(health.state, 'alarm', JSON.stringify(health.problems))
    seen.add((await town.settings(channel.id)).refreshToken!)
  }
  assert.equal(seen.size, 3)
  const signing = (await town.settings(channel.id)).signingSecret
  assert.match(signing!, /^key:[0-9a-f]{64}$/, 'threads outlive all of it')
})

test('Microsoft: two processes that need a token at once use the refresh token once', async t => {
  const town = await openTown(t, emailWire)
  takeOnce(town.world)
  const { channel } = await town.signIn({ way: 'microsoft', settings: microsoft(town) })
  const second = await town.process()
  town.closings.unshift(() => second.close())
  const asked = () => town.world.log.filter(line => line.what === 'POST token').length
  const logins = async () => {
    const both = await Promise.all(
      [town.parley, second].map(on => on.channels.byId(channel.id).then(c => ({ on, c: c! }))),
    )
    return both.map(({ on, c }) => loginOf(ioFor(on, c, AbortSignal.timeout(20_000)) as Io<Settings>))
  }
  for (let time = 0; time < 3; time++) {
    town.clock.offset += 2 * hour
    const before = asked()
    const [one, other] = await Promise.all(await logins())
    assert.deepEqual(one, other)
    assert.equal(asked() - before, 1)
  }
})

test('a mailbox that signs in instead of its password keeps its threads’ signature and forgets the password', async t => {
  const town = await openTown(t, emailWire)
  const made = await connectChannel(town.parley, town.workspaceId, {
    kind: 'email',
    name: 'Mail',
    settings: emailWire.settings(town.world),
  })
  assert.ok(made.ok, JSON.stringify(made))
  const before = await town.settings(made.channel.id)
  assert.deepEqual(made.channel.signIn, { id: 'google', at: 'Google' })
  await town.signIn({ channelId: made.channel.id })
  const after = await town.settings(made.channel.id)
  assert.equal(after.password, undefined)
  assert.ok(after.refreshToken)
  assert.equal(signingKey(after as never), signingKey(before as never))
})
