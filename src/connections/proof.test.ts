import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { fakeChannel, said } from '../../test/fake-channel.ts'
import { type TestParley, testParley, until } from '../../test/parley.ts'
import type { RawRequest, SetupResult } from '../channels/contract.ts'
import { receiveWebhook } from '../inbox/webhook.ts'
import { channelById, connectChannel, editChannel, setUp } from './connect.ts'
import { answerKnock } from './knock.ts'

/** A server on this machine; answers its port. */
async function listening(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}
const serving = (t: TestContext, answer: RequestListener) => listening(t, createServer(answer))

/** A proxy in front of a Parley that comes to be later: its address must be known before. */
async function proxied(t: TestContext) {
  const to = { door: '' }
  const port = await serving(t, (request, response) => {
    fetch(to.door + request.url, { method: request.method! }).then(
      async answer => response.writeHead(answer.status).end(await answer.text()),
      () => response.writeHead(502).end(),
    )
  })
  return { publicUrl: `http://127.0.0.1:${port}`, to }
}

/** A provider in the same network, so that plain http and inside addresses pass. */
async function nearby(p: TestParley): Promise<string> {
  const settings = { token: 'two', baseUrl: 'http://127.0.0.1:9' }
  const made = await connectChannel(p.parley, p.workspaceId, { kind: 'fake', name: 'Nearby', settings })
  assert.ok(made.ok)
  return made.channel.id
}

async function proofOf(p: TestParley, channelId = p.channelId) {
  const done = await setUp(p.parley, p.workspaceId, channelId)
  assert.ok(done?.ok, 'a failed proof is no failed setup')
  const { health } = (await channelById(p.parley, p.db, p.workspaceId, channelId))!
  const failed = done.proof && 'failed' in done.proof ? done.proof.failed : undefined
  return { by: done.proof && 'by' in done.proof ? done.proof.by : undefined, failed, health }
}

const knocking = () => {
  const fake = fakeChannel()
  fake.adapter.proof = 'knock'
  fake.adapter.setup = async () => ({ ok: true, account: 'Rye' })
  return fake
}

test('a provider that calls while it registers has reached us', async t => {
  const fake = fakeChannel()
  fake.adapter.proof = 'event'
  fake.adapter.verify = request =>
    request.query.shake ? { verdict: 'answer', body: request.query.shake } : { verdict: 'accept' }
  const p = await testParley(t, fake)
  const call = (query: Record<string, string>) =>
    atTheDoor(p, { method: 'POST', query, headers: {}, body: Buffer.from('{"events":[]}') })
  for (const query of [{ shake: 'hands' }, {}] as Record<string, string>[]) {
    fake.adapter.setup = async (): Promise<SetupResult> => {
      assert.equal((await call(query)).status, 200)
      return { ok: true, account: 'Rye' }
    }
    const { by, health } = await proofOf(p)
    assert.equal(by, 'event')
    assert.deepEqual(health.problems, [])
  }
  const reached = await until(
    async () => (await channelById(p.parley, p.db, p.workspaceId, p.channelId))?.health.reachedAt ?? undefined,
    'it is written down',
  )
  assert.ok(Date.parse(reached) > 0)
})

test('a call that another process took counts, be it a handshake or an event', async t => {
  const fake = fakeChannel()
  fake.adapter.proof = 'event'
  fake.adapter.verify = () => ({ verdict: 'answer', body: 'hands' })
  const p = await testParley(t, fake)
  const other = await testParley(t, fake, p.db)
  fake.adapter.setup = async () => {
    await atTheDoor(other, { method: 'POST', query: {}, headers: {}, body: Buffer.from('') }, p.channelId)
    return { ok: true, account: 'Rye' }
  }
  assert.equal((await proofOf(p)).by, 'event')
  fake.adapter.verify = () => ({ verdict: 'accept' })
  assert.equal((await proofOf(p)).by, 'event')
})

test('a provider that should call and does not is told of, until it calls', async t => {
  const proxy = await proxied(t)
  const fake = knocking()
  fake.adapter.proof = 'event'
  const p = await testParley(t, fake, { publicUrl: proxy.publicUrl })
  proxy.to.door = await p.app.listen({ host: '127.0.0.1', port: 0 })
  const id = await nearby(p)
  const { failed, health } = await proofOf(p, id)
  assert.match(failed!, /did not call us when asked, though our address answers/)
  assert.equal(health.problems[0]?.code, 'unproven')
  assert.equal(health.state, 'watch')
  await p.post(JSON.stringify({ events: [said('anna', 'Hello')] }), id)
  await p.ingester.idle()
  const after = await channelById(p.parley, p.db, p.workspaceId, id)
  assert.deepEqual(after?.health.problems, [])
})

test('what the provider says counts for the proof, and for nothing else', async t => {
  const fake = fakeChannel()
  const p = await testParley(t, fake)
  assert.equal((await proofOf(p)).by, 'answer')
  fake.adapter.setup = async () => ({ ok: true, account: 'Rye', proof: { failed: 'Rye could not reach it: 502' } })
  const { failed, health } = await proofOf(p)
  assert.equal(failed, 'Rye could not reach it: 502')
  assert.match(JSON.stringify(health.problems), /unproven.*502/)
  fake.adapter.setup = async () => ({ ok: true, account: 'Rye', proof: 'answer' })
  assert.deepEqual((await proofOf(p)).health.problems, [], 'a later proof takes it back')
})

test('a knock at our own address arrives here, through whatever stands in front', async t => {
  const proxy = await proxied(t)
  const p = await testParley(t, knocking(), { publicUrl: proxy.publicUrl })
  proxy.to.door = await p.app.listen({ host: '127.0.0.1', port: 0 })
  const { by, health } = await proofOf(p, await nearby(p))
  assert.equal(by, 'knock')
  assert.equal(health.lastInAt, null, 'a knock is no traffic')
  assert.equal(health.reachedAt, null)
})

test('an address that leads elsewhere is told with what it answers', async t => {
  for (const answer of [
    (_: unknown, response) => response.writeHead(404).end('<h1>nginx</h1>'),
    (_: unknown, response) => response.end('welcome to another place'),
    (_: unknown, response) => response.writeHead(301, { location: 'https://www.rye.example/' }).end(),
  ] as RequestListener[]) {
    const port = await serving(t, answer)
    const p = await testParley(t, knocking(), { publicUrl: `http://127.0.0.1:${port}` })
    const { failed, health } = await proofOf(p, await nearby(p))
    assert.match(failed!, /^Somebody else answers at .* \(status (404|200|301)\)/)
    assert.equal(health.problems[0]?.code, 'unproven')
  }
})

test('nobody there, a name that is not found and a certificate that is refused are told apart', async t => {
  const failedAt = async (publicUrl: string) => {
    const p = await testParley(t, knocking(), { publicUrl })
    return (await proofOf(p, await nearby(p))).failed
  }
  const gone = createServer()
  const port = await listening(t, gone)
  gone.close()
  assert.match((await failedAt(`http://127.0.0.1:${port}`))!, /^Nothing answers at http:\/\/127\.0\.0\.1.*ECONNREFUSED/)
  assert.match((await failedAt('https://parley.invalid'))!, /^The name parley\.invalid is not found/)
  const own = await listening(
    t,
    createTlsServer({ key, cert }, (_, response) => response.end()),
  )
  assert.match((await failedAt(`https://127.0.0.1:${own}`))!, /^The certificate of 127\.0\.0\.1 is refused: self/)
})

test('an address that no messenger can call is not even tried', async t => {
  for (const [publicUrl, why] of [
    ['http://localhost:3000', /address of this computer or network/],
    ['https://192.168.1.7', /address of this computer or network/],
    ['http://chat.example', /not encrypted/],
  ] as const) {
    const p = await testParley(t, knocking(), { publicUrl })
    assert.match((await proofOf(p)).failed!, why)
  }
})

test('only our own word is answered, for its channel and for half a minute', async t => {
  const heard: string[] = []
  const port = await serving(t, (request, response) => {
    heard.push(request.url!)
    response.end()
  })
  const p = await testParley(t, knocking(), { publicUrl: `http://127.0.0.1:${port}` })
  const id = await nearby(p)
  await proofOf(p, id)
  const { 'parley-knock': word = '' } = Object.fromEntries(new URL(heard[0]!, 'http://a.example').searchParams)
  const asked = (value: string, method = 'GET'): RawRequest => ({
    method,
    query: { 'parley-knock': value },
    headers: {},
    body: Buffer.from(''),
  })
  assert.ok(answerKnock(p.parley, id, asked(word)))
  assert.equal(answerKnock(p.parley, p.channelId, asked(word)), undefined)
  assert.equal(answerKnock(p.parley, id, asked(word, 'POST')), undefined)
  for (const forged of ['', 'x', word.replace(/^\d/, '9'), `${word}x`, '..'])
    assert.equal(answerKnock(p.parley, id, asked(forged)), undefined)
  p.time.offset += 31_000
  assert.equal(answerKnock(p.parley, id, asked(word)), undefined)
})

test('a channel that listens itself is proven by its connection', async t => {
  const fake = fakeChannel()
  const wanted: { fail?: Error } = {}
  fake.adapter.proof = 'connection'
  fake.adapter.setup = async () => ({ ok: true, account: 'Rye' })
  fake.adapter.listen = async on => {
    if (wanted.fail) throw wanted.fail
    on.connected()
    await once(on.signal, 'abort')
  }
  const p = await testParley(t, fake)
  assert.equal((await proofOf(p)).by, 'connection')
  assert.equal((await proofOf(p)).by, 'connection', 'one that stood already stands')
  wanted.fail = new Error('the line is dead')
  const made = await connectChannel(p.parley, p.workspaceId, { kind: 'fake', name: 'Two', settings: { token: 'two' } })
  assert.ok(made.ok)
  const { failed, health } = await proofOf(p, made.channel.id)
  assert.equal(failed, 'The connection does not stand: the line is dead')
  assert.equal(health.problems[0]?.code, 'not-connected')
  // What was known before is of the settings that were.
  const edit = (id: string) => editChannel(p.parley, p.workspaceId, id, { settings: { token: 'another' } })
  await edit(p.channelId)
  assert.equal((await proofOf(p)).failed, 'The connection does not stand: the line is dead')
  delete wanted.fail
  await edit(made.channel.id)
  assert.equal((await proofOf(p, made.channel.id)).by, 'connection')
})

const atTheDoor = (p: TestParley, request: RawRequest, channelId = p.channelId) =>
  receiveWebhook(p.parley, channelId, request)
/** Of nobody, for 127.0.0.1, signed by itself. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg0I4CdlcknPw9Wg5m
1kCeLf4qz3YASqZHpCqWnlnVFR+hRANCAAQmHFOFLEIlGpp/Is39qzNSt7+Mm/0A
iJue6Oefsr+ncxCAQiGs/hfdneGeucUOkEmkVEx8dkRKwgKlnvUy8E2d
-----END PRIVATE KEY-----`
const cert = `-----BEGIN CERTIFICATE-----
MIIBjzCCATagAwIBAgIULkwz0vVm7gXsH+gGlRjnOL7v35QwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyMjAzMjE0MFoYDzIxMjYxMDI5
MDMyMTQwWjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQmHFOFLEIlGpp/Is39qzNSt7+Mm/0AiJue6Oefsr+ncxCAQiGs/hfd
neGeucUOkEmkVEx8dkRKwgKlnvUy8E2do2QwYjAdBgNVHQ4EFgQU5V1iqZKVYqxf
Chd/UfwRB3hCHREwHwYDVR0jBBgwFoAU5V1iqZKVYqxfChd/UfwRB3hCHREwDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0cAMEQC
IAVBRJo23c4mTtUyFr3vAS8OtL+ebK1bOzloMKnPd0XEAiB/qJ05LxJ474D0eP/K
rxvE4As/V36cVTrHpXlEcZJ+4Q==
-----END CERTIFICATE-----`
