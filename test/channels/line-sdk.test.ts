import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { HTTPFetchError, LineBotClient, type messagingApi, validateSignature } from '@line/bot-sdk'
import type { Piece } from '../../src/channels/contract.ts'
import { render } from '../../src/channels/line/send.ts'
import { anna, club, connected, png, type Stage, to, written } from './line-stage.ts'

describe('line: the official SDK as the judge', () => {
  let stage: Stage
  let client: LineBotClient
  before(async () => {
    stage = await connected()
    client = LineBotClient.fromChannelAccessToken({
      channelAccessToken: stage.world.account.token,
      apiBaseURL: stage.world.baseUrl,
      dataApiBaseURL: stage.world.baseUrl,
    })
  })
  after(() => stage.close())

  /** The status of a call that the simulator refuses. */
  const refused = async (call: Promise<unknown>): Promise<[number, string]> => {
    const error = await call.then(
      () => assert.fail('it was not refused'),
      (thrown: unknown) => thrown,
    )
    assert.ok(error instanceof HTTPFetchError, String(error))
    return [error.status, error.body]
  }

  test('its verifier accepts every signature of the simulator and no changed body', async () => {
    await written(stage, anna, 'Привет 👋')
    await written(stage, club)
    assert.ok(stage.business.requests.length >= 2)
    for (const { headers, body } of stage.business.requests) {
      const signature = headers['x-line-signature']!
      assert.ok(validateSignature(Buffer.from(body), stage.world.account.secret, signature))
      assert.ok(!validateSignature(Buffer.concat([body, Buffer.from(' ')]), stage.world.account.secret, signature))
    }
  })
  test('its client sends, replies, and is told of retry keys', async () => {
    const text: messagingApi.TextMessage = { type: 'text', text: 'from the SDK' }
    const key = randomUUID()
    const pushed = await client.pushMessage({ to: anna.id, messages: [text, text] }, key)
    assert.equal(pushed.sentMessages.length, 2)
    const [status, body] = await refused(client.pushMessage({ to: anna.id, messages: [text] }, key))
    assert.equal(status, 409)
    assert.deepEqual(JSON.parse(body).sentMessages, pushed.sentMessages)
    const { event } = await written(stage)
    const replyToken = event.kept!.replyToken!
    assert.equal((await client.replyMessage({ replyToken, messages: [text] })).sentMessages.length, 1)
    const [again, said] = await refused(client.replyMessage({ replyToken, messages: [text] }))
    assert.deepEqual([again, JSON.parse(said)], [400, { message: 'Invalid reply token' }])
  })
  test('its client reads profiles, groups, the account and its webhook, and shows that somebody types', async () => {
    assert.equal((await client.getProfile(anna.id)).displayName, 'Anna')
    assert.equal((await client.getGroupSummary(club.id)).groupName, 'Rye club')
    assert.equal((await client.getBotInfo()).displayName, 'Rowan & Rye')
    await client.setWebhookEndpoint({ endpoint: stage.business.url })
    assert.deepEqual(await client.getWebhookEndpoint(), { endpoint: stage.business.url, active: true })
    assert.equal((await client.testWebhookEndpoint({ endpoint: stage.business.url })).success, true)
    assert.equal((await client.getMessageQuota()).type, 'none')
    await client.showLoadingAnimation({ chatId: anna.id, loadingSeconds: 5 })
    const { event } = await written(stage)
    await client.markMessagesAsReadByToken({ markAsReadToken: event.kept!.markAsReadToken! })
    assert.equal(stage.world.bubble(event.id)!.ticks, 'read')
    assert.equal((await refused(client.getProfile('U0')))[0], 404)
  })
  test('its client fetches what a customer sent', async () => {
    stage.business.forget()
    stage.world.act(anna.id, { do: 'media', type: 'video', bytes: png, mime: 'video/mp4', name: 'a.mp4' })
    const [event] = await stage.business.heard('message')
    assert.equal((await client.getMessageContentTranscodingByMessageId(event!.id)).status, 'succeeded')
    const chunks: Buffer[] = []
    for await (const chunk of await client.getMessageContent(event!.id)) chunks.push(Buffer.from(chunk as Uint8Array))
    assert.deepEqual(Buffer.concat(chunks), png)
  })
  test('its client may send what we would send, and has it checked before', async () => {
    const link = { url: 'https://a.example/f', preview: 'https://a.example/p' }
    const choices = (count: number, label: string) =>
      Array.from({ length: count }, (_, i) => ({
        id: `${i}`,
        label: `${label} ${i}`,
        ...(i === 15 && { description: 'x' }),
      }))
    const pieces: Piece[] = [
      { type: 'text', text: 'a' },
      { type: 'location', lat: 1, lon: 2 },
      { type: 'choices', prompt: '?', choices: choices(4, 'One') },
      { type: 'choices', prompt: '?', choices: choices(13, 'One') },
      { type: 'choices', prompt: '?', choices: choices(16, 'One that is longer than a button') },
      { type: 'image', url: '' },
      { type: 'video', url: '' },
      { type: 'audio', url: '' },
      { type: 'file', url: '', name: 'a.pdf' },
      { type: 'sticker', url: '', ref: 'sticker/446/1988' },
    ]
    for (const piece of pieces) {
      const messages = [render(piece, to, link) as unknown as messagingApi.Message]
      await client.validatePush({ messages })
      assert.equal((await client.pushMessage({ to: anna.id, messages })).sentMessages.length, 1)
    }
    assert.equal((await refused(client.validatePush({ messages: [{ type: 'text', text: '' }] })))[0], 400)
  })
})
