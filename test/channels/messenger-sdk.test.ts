import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { messengerWire } from '../../sandbox/messenger.ts'
import type { Piece } from '../../src/channels/contract.ts'
import { address } from '../../src/channels/kit.ts'
import { messenger } from '../../src/channels/messenger/index.ts'
import { render } from '../../src/channels/messenger/render.ts'
import type { Settings } from '../../src/channels/messenger/settings.ts'
import { liza, metaStage, type Stage } from './meta-stage.ts'
import { png } from './wired.ts'

/** The parts of messaging-api-messenger 1.1.0, the best known client of the Messenger Platform, that judge us. */
interface Client {
  getPageInfo(): Promise<{ id: string; name: string }>
  debugToken(): Promise<{ isValid: boolean; appId: string }>
  createSubscription(options: { callbackUrl: string; verifyToken: string; fields: string[] }): Promise<unknown>
  getUserProfile(id: string): Promise<{ firstName: string }>
  setGetStarted(payload: string): Promise<unknown>
  getGetStarted(): Promise<{ payload: string }>
  sendText(id: string, text: string, options?: object): Promise<{ messageId: string }>
  sendMessage(id: string, message: object, options?: object): Promise<{ messageId: string }>
  sendButtonTemplate(id: string, text: string, buttons: object[]): Promise<{ messageId: string }>
  sendGenericTemplate(id: string, elements: object[]): Promise<{ messageId: string }>
  sendImage(id: string, image: Buffer | { attachmentId: string }, options?: object): Promise<{ messageId: string }>
  uploadImage(image: Buffer, options: object): Promise<{ attachmentId: string }>
  typingOn(id: string): Promise<unknown>
  markSeen(id: string): Promise<unknown>
}
type Config = Record<string, unknown> & { onRequest(request: { url: string; body: unknown }): void }
const { MessengerClient } = createRequire(import.meta.url)('messaging-api-messenger') as {
  MessengerClient: new (config: Config) => Client
}

describe('messenger: a published client as the judge', () => {
  let stage: Stage<Settings>
  let client: Client
  const bodies: unknown[] = []
  before(async () => {
    stage = await metaStage<Settings>(messenger, messengerWire)
    const { pageAccessToken: accessToken, appId, appSecret } = stage.io.settings
    const onRequest = ({ body }: { body: unknown }) => void bodies.push(body)
    client = new MessengerClient({
      accessToken,
      appId,
      appSecret,
      version: '26.0',
      origin: stage.world.baseUrl,
      onRequest,
    })
  })
  after(() => stage.close())

  test('it connects to the simulator: page, token, webhook, profile', async () => {
    assert.equal((await client.getPageInfo()).id, stage.io.settings.pageId)
    assert.equal((await client.debugToken()).isValid, true)
    const { verifyToken } = stage.io.settings
    await client.createSubscription({ callbackUrl: stage.hookUrl, verifyToken, fields: ['messages'] }).catch(() => {
      throw new Error('the handshake with our webhook failed')
    })
    await stage.heard('message', () => stage.world.act(liza.id, { do: 'text', text: 'Hello' }))
    assert.equal((await client.getUserProfile(liza.id)).firstName, 'Liza')
    await client.setGetStarted('GET_STARTED')
    assert.deepEqual(await client.getGetStarted(), { payload: 'GET_STARTED' })
  })
  test('it sends words, buttons, cards, files and signs of life', async () => {
    const before = stage.world.bubbles.length
    await client.sendText(liza.id, 'from the client')
    await client.sendButtonTemplate(liza.id, 'Which?', [{ type: 'postback', title: 'A', payload: 'a' }])
    const buttons = [{ type: 'postback', title: 'A', payload: 'a' }]
    await client.sendGenericTemplate(liza.id, [{ title: 'Card', subtitle: 'Below', buttons }])
    const { attachmentId } = await client.uploadImage(png, { filename: 'a.png', isReusable: true })
    await client.sendImage(liza.id, { attachmentId })
    await client.typingOn(liza.id)
    await client.markSeen(liza.id)
    assert.equal(stage.world.bubbles.length, before + 4)
  })
  test('it understands the refusals', async () => {
    await assert.rejects(client.sendText('1', 'x'), /No matching user found/)
    await assert.rejects(client.sendText(liza.id, 'x'.repeat(2001)), /less than or equal to 2000/)
    await assert.rejects(
      client.sendText(liza.id, 'x', { messagingType: 'MESSAGE_TAG', tag: 'ACCOUNT_UPDATE' }),
      /no longer supported/,
    )
  })
  test('our messages are the ones it sends for the same', async () => {
    const to = { address: address(liza.id), key: 'k' }
    const choices = (...labels: string[]): Piece => ({
      type: 'choices',
      prompt: 'Which?',
      choices: labels.map(label => ({ id: label.toLowerCase(), label })),
    })
    const button = (title: string) => ({ type: 'postback', title, payload: title.toLowerCase() })
    const reply = (title: string) => ({ contentType: 'text', title, payload: title.toLowerCase() })
    const card = (title: string) => ({ title, buttons: [{ ...button(title), title: '✓' }] })
    const long = 'A name of a boot that is long'
    const same: [Piece, () => Promise<unknown>][] = [
      [{ type: 'text', text: 'a' }, () => client.sendText(liza.id, 'a')],
      [choices('A', 'B'), () => client.sendButtonTemplate(liza.id, 'Which?', [button('A'), button('B')])],
      [
        choices('A', 'B', 'C', 'D'),
        () => client.sendMessage(liza.id, { text: 'Which?', quickReplies: ['A', 'B', 'C', 'D'].map(reply) }),
      ],
      [choices(long), () => client.sendGenericTemplate(liza.id, [card(long)])],
    ]
    for (const [piece, theirs] of same) {
      bodies.length = 0
      await theirs()
      const sent = onTheWire(bodies[0]) as Record<string, unknown>
      const { message, messaging_type: ourType, ...ours } = render(piece, to, { now: new Date() })
      const { metadata, ...content } = message as Record<string, unknown>
      assert.deepEqual([metadata, ourType], ['parley:k', 'RESPONSE'])
      // The client says UPDATE where nothing else is asked for.
      const { access_token: _, messaging_type, message: theirMessage, ...rest } = sent
      assert.equal(messaging_type, 'UPDATE')
      assert.deepEqual(
        { ...ours, content: withPayload(content) },
        {
          ...rest,
          content: withPayload(theirMessage as Record<string, unknown>),
        },
      )
    }
  })
})

const payloadOf = (message: unknown): Record<string, unknown> =>
  ((message as { attachment?: { payload: Record<string, unknown> } }).attachment?.payload ?? {}) as Record<
    string,
    unknown
  >

/** The client writes out the default of one field. */
function withPayload(message: Record<string, unknown>): unknown {
  const { image_aspect_ratio: _, sharable: __, ...payload } = payloadOf(message)
  const { attachment, ...rest } = message
  return attachment ? { ...rest, payload } : rest
}

/** The client shows its requests before it gives the fields their names of the wire. */
function onTheWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(onTheWire)
  if (typeof value !== 'object' || value === null) return value
  const named = Object.entries(value).map(([key, v]) => [
    key.replace(/[A-Z]/g, c => `_${c.toLowerCase()}`),
    onTheWire(v),
  ])
  return Object.fromEntries(named)
}
