import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { logoUrl } from '../../sandbox/faces.ts'
import type { Piece } from '../../src/channels/contract.ts'
import { viber } from '../../src/channels/viber/index.ts'
import { createIo } from './io.ts'
import { comesOutOfOrder, comesThrice, forgeryIsRefused, saysWhatHappensNext } from './ordered.ts'
import { anna, inTouch, openStage, type Stage, to } from './viber-stage.ts'
import { nowhere } from './wired.ts'

describe('viber: connecting', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage()
  })
  after(() => stage.close())

  test('registers a webhook that answers the signed handshake', async () => {
    const result = await viber.setup!(stage.business.url, stage.io)
    const picture = { url: logoUrl(stage.world) }
    assert.deepEqual(result, { ok: true, account: 'Rowan & Rye', detail: 'viber://pa?chatURI=rowanrye', picture })
    assert.equal(stage.world.webhookUrl, stage.business.url)
    assert.deepEqual(stage.business.verdicts, ['accept'])
    assert.deepEqual(stage.business.events, [])
  })
  test('says so when the webhook cannot be reached or the token is wrong', async () => {
    const unreachable = await viber.setup!(`${await nowhere()}/hooks/1`, stage.io)
    assert.equal(unreachable.ok, false)
    assert.match(!unreachable.ok ? unreachable.detail : '', /public, https.*invalidUrl \(1\)/)
    const stranger = createIo({ ...stage.io.settings, token: 'wrong' })
    const refused = await viber.setup!(stage.business.url, stranger)
    assert.deepEqual(refused, { ok: false, why: 'auth', detail: 'invalidAuthToken (2)' })
    const offline = createIo({ ...stage.io.settings, baseUrl: await nowhere() })
    assert.equal((await viber.setup!(stage.business.url, offline)).ok, false)
  })
})

describe('viber: what the simulator refuses, as Viber does', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())

  async function call(method: string, json: unknown, token = stage.world.account.token) {
    const body = typeof json === 'string' ? json : JSON.stringify(json)
    const headers = { 'content-type': 'application/json', 'x-viber-auth-token': token }
    const answer = await fetch(`${stage.world.baseUrl}/pa/${method}`, { method: 'POST', headers, body })
    assert.equal(answer.status, 200)
    return (await answer.json()) as { status: number; status_message: string }
  }
  const message = (fields: object) => ({ receiver: anna.id, sender: { name: 'Shop' }, ...fields })

  for (const [why, fields, status] of [
    ['a text beyond 7000 characters', { type: 'text', text: 'x'.repeat(7001) }, 3],
    ['no text', { type: 'text' }, 4],
    ['no type', {}, 4],
    ['an unknown type', { type: 'voice' }, 3],
    ['a caption beyond 512 characters', { type: 'picture', media: 'https://a.example', text: 'x'.repeat(513) }, 3],
    ['a video without its size', { type: 'video', media: 'https://a.example/a.mp4' }, 4],
    ['a video that is too long', { type: 'video', media: 'https://a.example/a.mp4', size: 5, duration: 601 }, 3],
    ['a file without its name', { type: 'file', media: 'https://a.example/a', size: 5 }, 4],
    ['a card without a number', { type: 'contact', contact: { name: 'A' } }, 4],
    ['a place off the globe', { type: 'location', location: { lat: 91, lon: 0 } }, 3],
    ['a sender with a long name', { type: 'text', text: 'x', sender: { name: 'x'.repeat(29) } }, 3],
    ['too much tracking data', { type: 'text', text: 'x', tracking_data: 'x'.repeat(4001) }, 3],
    ['a keyboard without buttons', { type: 'text', text: 'x', keyboard: { Buttons: [] } }, 4],
    [
      'a button of an unknown kind',
      { type: 'text', text: 'x', keyboard: { Buttons: [{ ActionType: 'call', ActionBody: 'a' }] } },
      3,
    ],
    ['a carousel for old clients', { type: 'rich_media', rich_media: { Buttons: [{ ActionBody: 'a' }] } }, 3],
    ['nobody to send to', { type: 'text', text: 'x', receiver: undefined }, 4],
    ['a stranger', { type: 'text', text: 'x', receiver: 'AAAA' }, 5],
    ['more than 30 kB', { type: 'text', text: 'x', junk: 'x'.repeat(30_000) }, 3],
  ] as const)
    test(`${why} gets status ${status}`, async () => {
      assert.equal((await call('send_message', message(fields))).status, status)
    })
  test('broken JSON, a wrong token and a body token are told apart', async () => {
    assert.equal((await call('send_message', '{"receiver"')).status, 3)
    assert.equal((await call('get_account_info', {}, 'x')).status_message, 'invalidAuthToken')
    const body = JSON.stringify({ auth_token: stage.world.account.token })
    const answer = await fetch(`${stage.world.baseUrl}/pa/get_account_info`, { method: 'POST', body })
    assert.equal(((await answer.json()) as { status: number }).status, 0)
  })
  test('a hundred messages without an answer are enough until the customer writes', async () => {
    stage.world.act(anna.id, { do: 'text', text: 'go on' })
    const piece: Piece = { type: 'text', text: 'again' }
    for (let i = 0; i < 100; i++) assert.ok((await viber.send(piece, to, stage.io)).ok)
    const refused = await viber.send(piece, to, stage.io)
    assert.deepEqual(refused.ok ? '' : [refused.why, refused.retryAfterSeconds], ['rate', 10])
    stage.world.act(anna.id, { do: 'text', text: 'I am here' })
    assert.ok((await viber.send(piece, to, stage.io)).ok)
  })
  test('whoever never wrote is not subscribed, and a bot without a webhook is off', async () => {
    const fresh = await openStage()
    assert.match(JSON.stringify(await viber.send({ type: 'text', text: 'x' }, to, fresh.io)), /webhookNotSet \(10\)/)
    assert.ok((await viber.setup!(fresh.business.url, fresh.io)).ok)
    assert.match(JSON.stringify(await viber.send({ type: 'text', text: 'x' }, to, fresh.io)), /NotSubscribed \(6\)/)
    await fresh.close()
  })
})

describe('viber: ordered faults', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  after(() => stage.close())
  const piece: Piece = { type: 'text', text: 'hello' }

  test('a repeated delivery carries the same id', () => comesThrice(stage, anna))
  test('deliveries may come in the wrong order', async () => {
    await comesOutOfOrder(stage, anna)
  })
  test('a forged delivery is refused, and the true one follows', () => forgeryIsRefused(stage, anna))
  test('a lost answer is unknown although the message was sent', async () => {
    const before = stage.world.bubbles.length
    stage.world.faults.loseAnswer = 1
    const result = await viber.send(piece, to, stage.io)
    assert.equal(result.ok ? '' : result.why, 'unknown')
    assert.equal(stage.world.bubbles.length, before + 1)
  })
  test('a limit, an outage, an expired token and a refused connection say what happens next', () =>
    saysWhatHappensNext(stage, viber, to))
})
