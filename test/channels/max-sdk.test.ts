import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { AudioAttachment, Bot, FileAttachment, Keyboard, LocationAttachment, MaxError } from '@maxhub/max-bot-api'
import { keptOf } from '../../sandbox/max/account.ts'
import type { Piece } from '../../src/channels/contract.ts'
import { render } from '../../src/channels/max/send.ts'
import { anna, chat, fresh, inTouch, png, type Stage } from './max-stage.ts'

describe('max: the official SDK as the judge', () => {
  let stage: Stage
  let bot: Bot
  before(async () => {
    stage = await inTouch()
    bot = new Bot(stage.world.account.token, { clientOptions: { baseUrl: stage.world.baseUrl } })
  })
  after(() => stage.close())

  const bubble = (mid: string) => stage.world.bubble(mid)!
  const refused = async (call: Promise<unknown>): Promise<[number, string]> => {
    const error = await call.then(
      () => assert.fail('it was not refused'),
      (thrown: unknown) => thrown,
    )
    assert.ok(error instanceof MaxError, String(error))
    return [error.status, error.code]
  }

  test('its client reads the bot, writes, answers, edits and deletes', async () => {
    assert.equal((await bot.api.getMyInfo()).name, 'Rowan & Rye')
    const sent = await bot.api.sendMessageToChat(Number(chat), 'from the SDK')
    assert.deepEqual(bubble(sent.body.mid).parts, [{ type: 'text', text: 'from the SDK' }])
    assert.equal(sent.recipient.chat_id, Number(chat))
    const reply = await bot.api.sendMessageToUser(Number(anna.id), 'again', {
      link: { type: 'reply', mid: sent.body.mid },
    })
    assert.equal(bubble(reply.body.mid).replyTo, sent.body.mid)
    assert.equal((await bot.api.getMessage(reply.body.mid)).link!.message.mid, sent.body.mid)
    assert.deepEqual(await bot.api.editMessage(sent.body.mid, { text: 'other words' }), { success: true })
    assert.deepEqual(bubble(sent.body.mid).parts, [{ type: 'text', text: 'other words' }])
    assert.deepEqual(await bot.api.deleteMessage(sent.body.mid), { success: true })
    assert.equal(bubble(sent.body.mid).deleted, true)
    assert.deepEqual(await refused(bot.api.deleteMessage(sent.body.mid)), [404, 'not.found'])
  })
  test('its client is told who may be written to, and what a message must be', async () => {
    assert.deepEqual(await refused(bot.api.sendMessageToUser(7, 'nobody')), [404, 'chat.not.found'])
    assert.deepEqual(await refused(bot.api.sendMessageToChat(Number(chat), '')), [400, 'proto.payload'])
    const wrong = new Bot('wrong', { clientOptions: { baseUrl: stage.world.baseUrl } })
    assert.deepEqual(await refused(wrong.api.getMyInfo()), [401, 'verify.token'])
  })
  test('its client uploads every kind of file, and waits until MAX has converted it', async () => {
    const image = await bot.api.uploadImage({ source: png })
    keptOf(stage.world).slowness = 1
    const video = await bot.api.uploadVideo({ source: png })
    const audio = await bot.api.uploadAudio({ source: png })
    keptOf(stage.world).slowness = 0
    const file = await bot.api.uploadFile({ source: png })
    for (const [type, attachment] of Object.entries({ image, video, audio, file })) {
      const sent = await bot.api.sendMessageToChat(Number(chat), type, { attachments: [attachment.toJson()] })
      const [part] = bubble(sent.body.mid).parts as { type: string; ref: string }[]
      assert.equal(part!.type, type)
      assert.deepEqual(Buffer.from(stage.world.files.get(part!.ref)!.bytes), png)
    }
  })
  test('its client subscribes, reads chats and shows that it types', async () => {
    await bot.api.subscribe('https://other.example/hook', 'another-secret', ['message_created'])
    const [subscription] = await bot.api.getSubscriptions()
    assert.deepEqual(
      [subscription!.url, subscription!.updateTypes],
      ['https://other.example/hook', ['message_created']],
    )
    await bot.api.unsubscribe('https://other.example/hook')
    assert.deepEqual(await bot.api.getSubscriptions(), [])
    const known = await bot.api.getChat(Number(chat))
    assert.deepEqual([known.type, known.dialog_with_user!.name], ['dialog', anna.name])
    assert.deepEqual(await bot.api.sendAction(Number(chat), 'typing_on'), { success: true })
  })
  test('its webhook takes the updates of the simulator, and a press can be answered by it', async () => {
    const heard: string[] = []
    const take = bot.webhookCallback({ domain: 'shop.example', path: '/hook', secret: 'secret-of-the-sdk' })
    bot.on('message_created', ctx => void heard.push(`${ctx.message.body.text} from ${ctx.message.sender!.name}`))
    const pressed = new Promise<void>(done => {
      bot.on('message_callback', async ctx => {
        await ctx.answerOnCallback({ message: { text: `${ctx.callback.payload} it is` } })
        done()
      })
    })
    const server = createServer((incoming, reply) => take(incoming, reply)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
    await bot.api.subscribe(hook, 'secret-of-the-sdk')
    const keyboard = Keyboard.inlineKeyboard([[Keyboard.button.callback('Большой', 'size:l')]])
    const offer = await bot.api.sendMessageToChat(Number(chat), 'Какой?', { attachments: [keyboard] })
    stage.world.act(anna.id, { do: 'text', text: 'Привет, SDK' })
    stage.world.act(anna.id, { do: 'press', bubble: offer.body.mid, choice: 'size:l' })
    await pressed
    await stage.world.settled()
    assert.deepEqual(heard, [`Привет, SDK from ${anna.name}`])
    assert.deepEqual(bubble(offer.body.mid).parts, [{ type: 'text', text: 'size:l it is' }])
    server.closeAllConnections()
    server.close()
  })
  test('our attachments have the shapes that its attachments have', () => {
    const first = (piece: Piece, file?: Record<string, unknown>) =>
      (render(piece, fresh(), file).attachments as unknown[])[0]
    const same: [unknown, unknown][] = [
      [first({ type: 'audio', url: '' }, { token: 'a' }), new AudioAttachment({ token: 'a' }).toJson()],
      [first({ type: 'file', url: '' }, { token: 'a' }), new FileAttachment({ token: 'a' }).toJson()],
      [first({ type: 'location', lat: 1, lon: 2 }), new LocationAttachment({ lat: 1, lon: 2 }).toJson()],
      [
        first({ type: 'choices', prompt: '?', choices: [{ id: 'a', label: 'A' }] }),
        Keyboard.inlineKeyboard([[Keyboard.button.callback('A', 'a')]]),
      ],
    ]
    for (const [ours, theirs] of same) assert.deepEqual(ours, JSON.parse(JSON.stringify(theirs)))
  })
})
