import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { instagramWire } from '../../sandbox/instagram.ts'
import { instagram } from '../../src/channels/instagram/index.ts'
import type { Settings } from '../../src/channels/instagram/settings.ts'
import { liza, metaStage, type Stage } from './meta-stage.ts'
import { png } from './wired.ts'

/** Instagram has no client of its own; it speaks the Send API of Messenger, so messaging-api-messenger 1.1.0 judges it too. */
interface Client {
  sendText(id: string, text: string, options?: object): Promise<{ messageId: string }>
  sendMessage(id: string, message: object): Promise<{ messageId: string }>
  sendGenericTemplate(id: string, elements: object[]): Promise<{ messageId: string }>
  sendImage(id: string, image: { attachmentId: string }): Promise<{ messageId: string }>
  uploadImage(image: Buffer, options: object): Promise<{ attachmentId: string }>
  setIceBreakers(iceBreakers: object[]): Promise<unknown>
  getIceBreakers(): Promise<unknown>
  typingOn(id: string): Promise<unknown>
}
const { MessengerClient } = createRequire(import.meta.url)('messaging-api-messenger') as {
  MessengerClient: new (config: Record<string, unknown>) => Client
}

describe('instagram: a published client as the judge', () => {
  let stage: Stage<Settings>
  let client: Client
  before(async () => {
    stage = await metaStage<Settings>(instagram, instagramWire)
    stage.world.webhookUrl = stage.hookUrl
    await stage.heard('message', () => stage.world.act(liza.id, { do: 'text', text: 'Hello' }))
    const { accessToken, appSecret } = stage.io.settings
    client = new MessengerClient({ accessToken, appSecret, version: '26.0', origin: stage.world.baseUrl })
  })
  after(() => stage.close())

  test('it sends words, quick replies, cards and files to the simulator', async () => {
    const { messageId } = await client.sendText(liza.id, 'from the client', { messagingType: 'RESPONSE' })
    assert.deepEqual(stage.world.bubble(messageId)?.parts, [{ type: 'text', text: 'from the client' }])
    const quickReplies = [{ contentType: 'text', title: 'Yes', payload: 'yes' }]
    const asked = await client.sendMessage(liza.id, { text: 'Sure?', quickReplies })
    assert.equal(stage.world.bubble(asked.messageId)?.parts[0]?.type, 'choices')
    const buttons = [{ type: 'postback', title: 'A', payload: 'a' }]
    await client.sendGenericTemplate(liza.id, [{ title: 'Card', subtitle: 'Below', buttons }])
    const { attachmentId } = await client.uploadImage(png, { filename: 'a.png', isReusable: true })
    const { messageId: picture } = await client.sendImage(liza.id, { attachmentId })
    assert.equal(stage.world.bubble(picture)?.parts[0]?.type, 'image')
    await client.typingOn(liza.id)
    const starters = [{ question: 'Opening hours?', payload: 'hours' }]
    await client.setIceBreakers(starters)
    assert.deepEqual(await client.getIceBreakers(), starters)
  })
  test('it understands the refusals', async () => {
    await assert.rejects(client.sendText('1', 'x'), /No matching user found/)
    await assert.rejects(client.sendText(liza.id, 'ж'.repeat(501)), /less than or equal to 1000/)
    await assert.rejects(
      client.sendText(liza.id, 'x', { messagingType: 'MESSAGE_TAG', tag: 'ACCOUNT_UPDATE' }),
      /no longer supported/,
    )
  })
})
