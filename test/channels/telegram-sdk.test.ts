import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import { Api, Bot, GrammyError, InputFile } from 'grammy'
import { tokenOf } from '../../sandbox/telegram/desk.ts'
import { telegramWire } from '../../sandbox/telegram.ts'
import { createWorld, type World } from '../../sandbox/world.ts'
import { faultsOfAnswer, spec } from './telegram-spec.ts'

// grammY 1.46 as the customer of the simulated Bot API; answers are judged by ../shared/data/specs where at hand.

const ann = { id: '710044202', name: 'Ann Lee', username: 'ann', phone: '358401112233', language: 'en', blocked: false }
const chat = Number(ann.id)
const png = Buffer.from('89504e470d0a1a0a0000000d494844520000002000000010', 'hex')
const picture = () => new InputFile(png, 'cake.png')
const paper = (name: string) => new InputFile(Buffer.from('some bytes'), name)

let world: World
let app: FastifyInstance
let api: Api

before(async () => {
  world = createWorld(telegramWire, { name: 'Rowan & Rye', people: [ann], haste: 100 })
  // The SDK keeps its connections open for over a minute.
  app = Fastify({ forceCloseConnections: true })
  app.register(async scope => world.mount(scope, ''))
  await app.listen({ host: '127.0.0.1', port: 0 })
  world.baseUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  api = new Api(tokenOf(world), { apiRoot: world.baseUrl })
  await api.deleteWebhook()
  world.act(ann.id, { do: 'start' })
})
after(async () => {
  world.close()
  await app.close()
})

const refusal = async (call: Promise<unknown>): Promise<string> => {
  const error = await call.then(
    () => assert.fail('it was not refused'),
    (e: unknown) => e,
  )
  assert.ok(error instanceof GrammyError, String(error))
  return `${error.error_code} ${error.description}`
}

describe('the SDK as client', () => {
  const location = [60.1, 24.9] as const
  const calls: Record<string, () => Promise<unknown>> = {
    getMe: () => api.getMe(),
    getWebhookInfo: () => api.getWebhookInfo(),
    getChat: () => api.getChat(chat),
    sendMessage: () => api.sendMessage(chat, 'Hello'),
    sendPhoto: () => api.sendPhoto(chat, picture(), { caption: 'Cake' }),
    sendVideo: () => api.sendVideo(chat, paper('oven.mp4')),
    sendAnimation: () => api.sendAnimation(chat, paper('oven.gif')),
    sendAudio: () => api.sendAudio(chat, paper('song.mp3')),
    sendVoice: () => api.sendVoice(chat, paper('note.ogg')),
    sendDocument: () => api.sendDocument(chat, paper('menu.pdf')),
    sendSticker: () => api.sendSticker(chat, paper('wink.webp')),
    sendLocation: () => api.sendLocation(chat, ...location),
    sendVenue: () => api.sendVenue(chat, ...location, 'Bakery', 'Rye street 1'),
    sendContact: () => api.sendContact(chat, '+358401234567', 'Ann'),
    sendPoll: () => api.sendPoll(chat, 'Which?', [{ text: 'Rye' }, { text: 'Wheat' }]),
    sendMediaGroup: () =>
      api.sendMediaGroup(chat, [
        { type: 'photo', media: picture(), caption: 'one' },
        { type: 'photo', media: picture() },
      ]),
    sendChatAction: () => api.sendChatAction(chat, 'typing'),
    setMyCommands: () => api.setMyCommands([{ command: 'hours', description: 'When we are open' }]),
    getMyCommands: () => api.getMyCommands(),
    setChatMenuButton: () => api.setChatMenuButton({ menu_button: { type: 'commands' } }),
    getChatMenuButton: () => api.getChatMenuButton(),
    deleteMyCommands: () => api.deleteMyCommands(),
  }
  for (const [method, call] of Object.entries(calls))
    test(`${method} answers what the Bot API describes`, async () => {
      const result = await call()
      if (spec && method !== 'getChat') assert.deepEqual(faultsOfAnswer(result, method), [])
    })

  test('a message is edited, reacted to and deleted', async () => {
    const sent = await api.sendMessage(chat, 'Open until 18')
    const edited = await api.editMessageText(chat, sent.message_id, 'Open until 20')
    assert.equal(edited !== true && 'text' in edited && edited.text, 'Open until 20')
    assert.match(
      await refusal(api.editMessageText(chat, sent.message_id, 'Open until 20')),
      /^400 Bad Request: message is not modified/,
    )
    await api.setMessageReaction(chat, sent.message_id, [{ type: 'emoji', emoji: '🎉' }])
    assert.deepEqual(world.bubbles.at(-1)!.reactions, [{ emoji: '🎉', from: 'business' }])
    await api.deleteMessage(chat, sent.message_id)
    assert.equal(world.bubbles.at(-1)!.deleted, true)
    assert.equal(
      await refusal(api.deleteMessage(chat, sent.message_id)),
      '400 Bad Request: message to delete not found',
    )
    assert.equal(
      await refusal(api.editMessageText(chat, sent.message_id, 'x')),
      '400 Bad Request: message to edit not found',
    )
  })

  test('a sent file can be fetched in two steps and sent again by its id', async () => {
    const sent = await api.sendPhoto(chat, picture())
    const { file_id } = sent.photo.at(-1)!
    const file = await api.getFile(file_id)
    const bytes = await fetch(`${world.baseUrl}/file/bot${tokenOf(world)}/${file.file_path}`).then(r => r.arrayBuffer())
    assert.deepEqual(Buffer.from(bytes), png)
    const again = await api.sendPhoto(chat, file_id)
    assert.equal(again.photo.at(-1)!.file_id, file_id)
    assert.match(await refusal(api.sendPhoto(chat, 'AgACnothing')), /wrong file identifier/)
    assert.match(await refusal(api.getFile('AgACnothing')), /invalid file_id/)
  })
})

describe('refusals in the words of the Bot API', () => {
  const inline = (button: object) => ({ reply_markup: { inline_keyboard: [[button as never]] } })
  const refused: [string, () => Promise<unknown>, string][] = [
    ['an empty text', () => api.sendMessage(chat, ' '), '400 Bad Request: message text is empty'],
    ['a long text', () => api.sendMessage(chat, 'x'.repeat(4097)), '400 Bad Request: message is too long'],
    [
      'a long caption',
      () => api.sendPhoto(chat, picture(), { caption: 'x'.repeat(1025) }),
      '400 Bad Request: message caption is too long',
    ],
    ['a stranger', () => api.sendMessage(4, 'Hello'), '400 Bad Request: chat not found'],
    [
      'itself',
      () => api.sendMessage(Number(world.account.id), 'Hello'),
      "403 Forbidden: bot can't send messages to bots",
    ],
    [
      'long data',
      () => api.sendMessage(chat, 'x', inline({ text: 'a', callback_data: 'ä'.repeat(33) })),
      '400 Bad Request: BUTTON_DATA_INVALID',
    ],
    [
      'a bad address',
      () => api.sendMessage(chat, 'x', inline({ text: 'a', url: 'nowhere' })),
      '400 Bad Request: BUTTON_URL_INVALID',
    ],
    [
      'a reply to nothing',
      () => api.sendMessage(chat, 'x', { reply_parameters: { message_id: 1 } }),
      '400 Bad Request: message to be replied not found',
    ],
    [
      'an old press',
      () => api.answerCallbackQuery('1'),
      '400 Bad Request: query is too old and response timeout expired or query ID is invalid',
    ],
    [
      'an odd action',
      () => api.sendChatAction(chat, 'dancing' as never),
      '400 Bad Request: wrong parameter action in request',
    ],
    [
      'another business',
      () => api.sendMessage(chat, 'x', { business_connection_id: 'bc' }),
      '400 Bad Request: business connection not found',
    ],
    [
      'plain HTTP',
      () => api.setWebhook('http://shop.example/'),
      '400 Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
    ],
    [
      'an odd port',
      () => api.setWebhook('https://shop.example:3000/'),
      '400 Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443',
    ],
    [
      'an odd secret',
      () => api.setWebhook('https://shop.example/', { secret_token: 'ä' }),
      '400 Bad Request: secret token contains unallowed characters',
    ],
    ['another token', () => new Api('1:AAA', { apiRoot: world.baseUrl }).getMe(), '401 Unauthorized'],
    ['no token', () => new Api('AAA', { apiRoot: world.baseUrl }).getMe(), '404 Not Found'],
    [
      'an unknown method',
      () => (api.raw as unknown as Record<string, () => Promise<unknown>>).sendScent!(),
      '404 Not Found',
    ],
  ]
  for (const [what, call, expected] of refused)
    test(`${what} is refused`, async () => assert.equal(await refusal(call()), expected))

  test('somebody who blocked the bot gets nothing', async () => {
    world.act(ann.id, { do: 'block' })
    const said = await refusal(api.sendMessage(chat, 'Hello'))
    world.act(ann.id, { do: 'unblock' })
    assert.equal(said, '403 Forbidden: bot was blocked by the user')
  })

  test('more than sixty messages in a second are too many', async () => {
    const still = createWorld(telegramWire, {
      name: 'Still',
      people: [{ ...ann, wroteAt: 1 }],
      now: () => new Date(1_770_000_000_000),
    })
    const other = Fastify()
    other.register(async scope => still.mount(scope, ''))
    const send = () =>
      other.inject({
        method: 'POST',
        url: `/bot${tokenOf(still)}/sendMessage`,
        payload: { chat_id: chat, text: 'Hello' },
      })
    for (let i = 0; i < 60; i++) assert.equal((await send()).statusCode, 200)
    const body = (await send()).json()
    assert.deepEqual(body, {
      ok: false,
      error_code: 429,
      description: 'Too Many Requests: retry after 1',
      parameters: { retry_after: 1 },
    })
    still.close()
    await other.close()
  })
})

describe('polling instead of a webhook', () => {
  test('a bot hears what happens, once, and answers', async () => {
    const bot = new Bot(tokenOf(world), { client: { apiRoot: world.baseUrl } })
    const answered = new Promise<string>(done => {
      bot.on('message:text', async ctx => {
        await ctx.reply(`You said ${ctx.message.text}`)
        done(ctx.message.text)
      })
    })
    const running = bot.start({
      drop_pending_updates: true,
      timeout: 1,
      onStart: () => world.act(ann.id, { do: 'text', text: 'Hi' }),
    })
    assert.equal(await answered, 'Hi')
    await bot.stop()
    await running
    assert.deepEqual(world.bubbles.at(-1)!.parts, [{ type: 'text', text: 'You said Hi' }])
  })

  test('only the asked kinds are told', async () => {
    const offset = (await api.getUpdates({ allowed_updates: ['message'] })).at(-1)?.update_id ?? 0
    world.act(ann.id, { do: 'react', bubble: world.bubbles.at(-1)!.id, emoji: '👍' })
    world.act(ann.id, { do: 'text', text: 'after the reaction' })
    const updates = await api.getUpdates({ offset: offset + 1 })
    assert.deepEqual(
      updates.map(u => u.message?.text),
      ['after the reaction'],
    )
  })

  test('the second of two pollers throws the first one out', async () => {
    const offset = ((await api.getUpdates()).at(-1)?.update_id ?? 0) + 1
    const first = refusal(api.getUpdates({ offset, timeout: 30 }))
    const second = async (): Promise<unknown> => {
      const asked = await Promise.race([first, api.getUpdates({ offset, timeout: 1 })])
      return typeof asked === 'string' ? asked : second()
    }
    assert.match(String(await second()), /^409 Conflict: terminated by other getUpdates request/)
  })

  test('a webhook and polling exclude each other', async () => {
    await api.setWebhook('https://shop.example/hooks/1', { secret_token: 's' })
    assert.equal((await api.getWebhookInfo()).url, 'https://shop.example/hooks/1')
    assert.match(await refusal(api.getUpdates()), /^409 Conflict: can't use getUpdates method while webhook is active/)
    await api.deleteWebhook()
    assert.equal((await api.getWebhookInfo()).url, '')
  })
})
