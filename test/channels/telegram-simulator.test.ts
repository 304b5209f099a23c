import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import { menu as shownMenu } from '../../sandbox/telegram/commands.ts'
import { tokenOf } from '../../sandbox/telegram/desk.ts'
import { telegramWire } from '../../sandbox/telegram.ts'
import type { Act } from '../../sandbox/wire.ts'
import { createWorld, type World } from '../../sandbox/world.ts'
import {
  type Address,
  AnswerLost,
  type ExternalId,
  type InboundEvent,
  type Io,
  MediaGone,
  type Outgoing,
  type Piece,
  type RawRequest,
} from '../../src/channels/contract.ts'
import { telegram } from '../../src/channels/telegram/index.ts'
import type { Settings } from '../../src/channels/telegram/settings.ts'
import { updateKinds } from '../../src/channels/telegram/setup.ts'
import { createIo, type TestFile } from './io.ts'
import { faultsOf, spec } from './telegram-spec.ts'

// Updates are also judged by ../shared/data/specs/telegram/api.json where that is at hand.

const ann = { id: '710044202', name: 'Ann Lee', username: 'ann', phone: '358401112233', language: 'en', blocked: false }
const bob = { id: '710044203', name: 'Боб', phone: '79215550134', language: 'ru', blocked: false }
const to: Outgoing = { address: ann.id as Address, key: 'k1' }
const png = Buffer.from('89504e470d0a1a0a0000000d494844520000002000000010', 'hex')
const files = new Map<string, TestFile>([
  ['png', { bytes: png, mime: 'image/png', name: 'cake.png' }],
  ['pdf', { bytes: Buffer.from('%PDF-1.4'), mime: 'application/pdf', name: 'menu.pdf' }],
])

/** The business: a webhook that keeps what it got, verified and parsed by the adapter. */
interface Business {
  url: string
  requests: RawRequest[]
  verdicts: string[]
  events: InboundEvent[]
  /** Resolves when the condition holds; asked after every delivery. */
  until(holds: () => boolean): Promise<void>
  close(): Promise<void>
}

interface Stage {
  world: World
  app: FastifyInstance
  business: Business
  io: Io<Settings>
}

let stage: Stage

async function openStage(): Promise<Stage> {
  const world = createWorld(telegramWire, { name: 'Rowan & Rye', people: [ann, bob], haste: 100 })
  const app = Fastify()
  app.register(async scope => world.mount(scope, ''))
  await app.listen({ host: '127.0.0.1', port: 0 })
  world.baseUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const settings = telegram.settings.parse({ ...telegramWire.settings(world), baseUrl: world.baseUrl })
  return { world, app, business: await openBusiness(settings), io: createIo(settings, { files }) }
}

async function openBusiness(settings: Settings): Promise<Business> {
  const waiting = new Set<() => void>()
  const business = { requests: [], verdicts: [], events: [] } as unknown as Business
  const server = createServer(async (incoming, reply) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const headers = incoming.headers as Record<string, string>
    const request = { method: incoming.method!, query: {}, headers, body: new Uint8Array(Buffer.concat(chunks)) }
    const { verdict } = telegram.verify(request, settings, new Date())
    business.requests.push(request)
    business.verdicts.push(verdict)
    if (verdict === 'accept') business.events.push(...telegram.parse(request))
    reply.writeHead(verdict === 'accept' ? 200 : 401).end()
    for (const look of waiting) look()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  business.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/1`
  business.close = async () => {
    server.closeAllConnections()
    await new Promise(done => server.close(done))
  }
  business.until = holds =>
    new Promise(done => {
      const look = () => {
        if (!holds()) return
        waiting.delete(look)
        done()
      }
      waiting.add(look)
      look()
    })
  return business
}

async function closeStage({ world, app, business }: Stage): Promise<void> {
  world.close()
  await app.close()
  await business.close()
}

/** What the adapter makes of one act. */
async function heard(act: Act, person = ann.id): Promise<InboundEvent> {
  const { world, business } = stage
  const before = business.events.length
  world.act(person, act)
  await business.until(() => business.events.length > before)
  return business.events.at(-1)!
}

const lastBubble = () => stage.world.bubbles.at(-1)!
const send = (piece: Piece, outgoing = to) => telegram.send(piece, outgoing, stage.io)

async function sentId(piece: Piece): Promise<ExternalId> {
  const result = await send(piece)
  assert.ok(result.ok, JSON.stringify(result))
  return result.id
}

before(async () => {
  stage = await openStage()
})
after(() => closeStage(stage))

describe('connecting', () => {
  test('setup checks the token, registers the webhook and answers the name of the bot', async () => {
    const { world, business, io } = stage
    const result = await telegram.setup!(business.url, io)
    assert.ok(result.ok)
    assert.equal(result.account, '@rowan_rye_bot')
    assert.equal(result.proof, undefined, 'Telegram calls with the first message only, and has no complaint')
    assert.ok(typeof result.picture === 'object' && 'ref' in result.picture)
    const { bytes } = await telegram.media!(result.picture.ref, io)
    assert.equal(Buffer.from(bytes.slice(1, 4)).toString(), 'PNG')
    assert.equal(world.webhookUrl, business.url)
    const info = await io.http({ method: 'GET', url: `${world.baseUrl}/bot${tokenOf(world)}/getWebhookInfo` })
    assert.deepEqual((info.json as { result: { allowed_updates: string[] } }).result.allowed_updates, updateKinds)
  })

  test('setup tells what hinders Telegram, while something waits, and is content without an answer', async () => {
    const { world, business, io } = stage
    const told = async (info: object | undefined) => {
      const http: typeof io.http = call => {
        if (!call.url.endsWith('/getWebhookInfo')) return io.http(call)
        if (!info) return Promise.reject(new AnswerLost('cut'))
        return Promise.resolve({ status: 200, headers: {}, bytes: new Uint8Array(), json: { ok: true, result: info } })
      }
      const result = await telegram.setup!(business.url, { ...io, http })
      assert.ok(result.ok)
      return result.proof
    }
    const last_error_message = 'SSL error {error:0A000086:certificate verify failed}'
    assert.deepEqual(await told({ pending_update_count: 3, last_error_message, last_error_date: 1 }), {
      failed: `Telegram could not reach the webhook: ${last_error_message}`,
    })
    assert.equal(await told({ pending_update_count: 0, last_error_message, last_error_date: 1 }), undefined)
    assert.equal(await told(undefined), undefined)
    assert.equal(world.webhookUrl, business.url)
  })

  test('a picture that cannot be asked for is unknown, not gone', async () => {
    const { business, io } = stage
    const told = async (photos: () => ReturnType<typeof io.http>) => {
      const http: typeof io.http = call => (call.url.endsWith('/getUserProfilePhotos') ? photos() : io.http(call))
      const result = await telegram.setup!(business.url, { ...io, http })
      return result.ok && result.picture
    }
    const answer = (json: object) => async () => ({ status: 200, headers: {}, bytes: new Uint8Array(), json })
    assert.equal(await told(() => Promise.reject(new AnswerLost('cut'))), 'unknown')
    assert.equal(await told(answer({ ok: false, error_code: 500 })), 'unknown')
    assert.equal(await told(answer({ ok: true, result: { total_count: 0, photos: [] } })), undefined)
  })

  test('setup says which token is wrong', async () => {
    const { world, business, io } = stage
    for (const token of [`${world.account.id}:AAwrong`, 'nonsense']) {
      const result = await telegram.setup!(business.url, { ...io, settings: { ...io.settings, token } })
      assert.equal(!result.ok && result.why, 'auth')
    }
  })

  test('setup puts commands behind the Menu button, and what is tapped arrives as a text', async () => {
    const { world, business, io } = stage
    const withMenu = (menu: Settings['menu']) =>
      telegram.setup!(business.url, { ...io, settings: { ...io.settings, menu } })
    const entries = [{ label: 'Opening hours' }, { label: 'Часы работы', says: '/hours' }]
    assert.equal((await withMenu({ entries })).ok, true)
    assert.deepEqual(shownMenu(world), {
      shape: 'commands',
      entries: [
        { label: '/opening_hours', hint: 'Opening hours' },
        { label: '/hours', hint: 'Часы работы' },
      ],
    })
    const tapped = await heard({ do: 'menu', entry: 1 })
    assert.deepEqual(tapped.type === 'message' && tapped.parts, [{ type: 'text', text: '/hours' }])
    assert.equal((await telegram.setup!(business.url, io)).ok, true)
    assert.ok(shownMenu(world), 'what the settings say nothing about stays')
    assert.equal((await withMenu({ entries: [] })).ok, true)
    assert.deepEqual([shownMenu(world), world.profile.button], [undefined, { type: 'default' }])
    const refused = await withMenu({ entries: Array.from({ length: 101 }, (_, i) => ({ label: `c${i}` })) })
    assert.deepEqual([refused.ok, refused.detail], [false, 'The menu was not set: Bad Request: BOT_COMMANDS_TOO_MUCH'])
  })

  test('a command is Latin and there once, and the settings say which is not', () => {
    const menu = {
      entries: [
        { label: 'Часы' },
        { label: 'Hours' },
        { label: 'Open', says: 'hours' },
        { label: 'Shop', opens: 'https://a.example' },
      ],
    }
    const read = telegram.settings.safeParse({ ...stage.io.settings, menu })
    assert.deepEqual(
      read.error!.issues.map(({ path, message }) => [path.join('.'), message]),
      [
        ['menu.entries.0.says', 'Entry 1: a command is 1 to 32 small Latin letters, digits and underscores.'],
        ['menu.entries.2.says', 'Entry 3: this command is there already.'],
        ['menu.entries.3.opens', 'Entry 4: no page can be opened from here.'],
      ],
    )
  })

  test('an address without HTTPS is refused with a reason for the owner', async () => {
    const result = await telegram.setup!('http://shop.example/hooks/1', stage.io)
    assert.ok(!result.ok)
    assert.match(result.detail, /HTTPS URL must be provided/)
  })
})

describe('what the customer does', () => {
  beforeEach(() => {
    stage.world.people.get(ann.id)!.blocked = false
  })

  test('pressing Start after a link tells the ref', async () => {
    const event = await heard({ do: 'start', ref: 'qr_7' })
    assert.equal(event.type, 'started')
    assert.deepEqual(event.type === 'started' && event.entry, { ref: 'qr_7', source: 'link' })
  })

  test('text arrives with who wrote it', async () => {
    const event = await heard({ do: 'text', text: 'Mоже 🍞 ¿sí?' })
    assert.ok(event.type === 'message')
    assert.deepEqual(event.parts, [{ type: 'text', text: 'Mоже 🍞 ¿sí?' }])
    assert.deepEqual(event.sender, { name: 'Ann Lee', username: 'ann', language: 'en' })
    assert.equal(event.id, lastBubble().id)
  })

  test('a reply names the message it answers', async () => {
    await heard({ do: 'text', text: 'first' })
    const first = lastBubble().id
    const event = await heard({ do: 'text', text: 'second', replyTo: first })
    assert.equal(event.type === 'message' && event.replyTo, first)
  })

  for (const [type, mime, name] of [
    ['image', 'image/png', 'cake.png'],
    ['video', 'video/mp4', 'oven.mp4'],
    ['audio', 'audio/mpeg', 'song.mp3'],
    ['voice', 'audio/ogg', 'note.ogg'],
    ['file', 'application/pdf', 'list.pdf'],
    ['sticker', 'image/webp', 'wink.webp'],
  ] as const)
    test(`a ${type} arrives and its bytes can be fetched`, async () => {
      const event = await heard({
        do: 'media',
        type,
        bytes: png,
        mime,
        name,
        ...(type !== 'sticker' && { caption: 'Look' }),
      })
      const part = event.type === 'message' ? event.parts[0] : undefined
      assert.ok(part && 'ref' in part && part.ref)
      assert.equal(part.type, type)
      assert.equal(part.caption, type === 'sticker' ? undefined : 'Look')
      const fetched = await telegram.media!(part.ref, stage.io)
      assert.deepEqual(Buffer.from(fetched.bytes), png)
    })

  test('a file of more than 20 MB is told to be out of reach', async () => {
    const bytes = new Uint8Array(20 * 1024 * 1024 + 1)
    const event = await heard({ do: 'media', type: 'file', bytes, mime: 'application/zip', name: 'all.zip' })
    const part = event.type === 'message' ? event.parts[0] : undefined
    assert.ok(part && 'ref' in part)
    await assert.rejects(
      telegram.media!(part.ref ?? '', stage.io),
      error => error instanceof MediaGone && /20 MB/.test(error.message),
    )
  })

  test('a file that nobody knows is gone', async () => {
    await assert.rejects(telegram.media!('AgACnothing', stage.io), MediaGone)
  })

  test('locations, venues and contacts arrive', async () => {
    const place = await heard({ do: 'location', lat: 60.17, lon: 24.94 })
    assert.deepEqual(place.type === 'message' && place.parts, [{ type: 'location', lat: 60.17, lon: 24.94 }])
    const named = await heard({ do: 'location', lat: 60.17, lon: 24.94, name: 'Bakery' })
    assert.ok(named.type === 'message' && named.parts[0]!.type === 'location')
    assert.equal(named.parts[0].name, 'Bakery')
    const own = await heard({ do: 'contact', name: 'Ann Lee', phone: ann.phone })
    assert.deepEqual(own.type === 'message' && own.parts, [{ type: 'contact', name: 'Ann Lee', phones: [ann.phone] }])
    assert.equal(own.type === 'message' && own.sender?.phone, ann.phone)
  })

  test('a pressed button arrives with its label, and its hourglass can be taken away once', async () => {
    const choices = [
      { id: 'rye', label: 'Rye 🍞' },
      { id: 'wheat', label: 'Wheat' },
    ]
    const id = await sentId({ type: 'choices', prompt: 'Which?', choices })
    const event = await heard({ do: 'press', bubble: id, choice: 'rye' })
    assert.ok(event.type === 'chosen')
    assert.deepEqual([event.choice, event.label, event.of], ['rye', 'Rye 🍞', id])
    const answers: unknown[] = []
    const io: Io<Settings> = {
      ...stage.io,
      async http(call) {
        const answer = await stage.io.http(call)
        answers.push((answer.json as { ok: boolean }).ok)
        return answer
      },
    }
    await telegram.acknowledge!(event, io)
    await telegram.acknowledge!(event, io)
    assert.deepEqual(answers, [true, false])
  })

  test('reactions, edits and blocking arrive', async () => {
    const id = await sentId({ type: 'text', text: 'Your bread is ready' })
    const liked = await heard({ do: 'react', bubble: id, emoji: '👍' })
    assert.deepEqual(liked.type === 'reaction' && [liked.of, liked.emoji], [id, '👍'])
    const unliked = await heard({ do: 'react', bubble: id, emoji: '' })
    assert.equal(unliked.type === 'reaction' && unliked.emoji, '')
    await heard({ do: 'text', text: 'tow loaves' })
    const own = lastBubble().id as ExternalId
    const edited = await heard({ do: 'edit', bubble: own, text: 'two loaves' })
    assert.ok(edited.type === 'edited')
    assert.deepEqual([edited.of, edited.parts], [own, [{ type: 'text', text: 'two loaves' }]])
    const blocked = await heard({ do: 'block' })
    assert.equal(blocked.type === 'consent' && blocked.given, false)
    const refused = await send({ type: 'text', text: 'Hello?' })
    assert.equal(!refused.ok && refused.why, 'blocked')
    const back = await heard({ do: 'unblock' })
    assert.equal(back.type === 'consent' && back.given, true)
  })

  test('an update of a kind that nobody knows is kept as such', async () => {
    const { world, business } = stage
    const before = business.events.length
    world.emit('unknown', telegramWire.unknownEvent(ann, world))
    await business.until(() => business.events.length > before)
    const event = business.events.at(-1)!
    assert.equal(event.type === 'unsupported' && event.what, 'hologram_call')
  })

  test('every update is one that the Bot API describes, and their numbers rise', () => {
    const updates = stage.business.requests.map(
      r => JSON.parse(Buffer.from(r.body).toString()) as { update_id: number },
    )
    const known = updates.filter(update => !('hologram_call' in update))
    assert.ok(known.length > 15)
    const numbers = updates.map(update => update.update_id)
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    )
    assert.equal(new Set(numbers).size, numbers.length)
    if (spec) for (const update of known) assert.deepEqual(faultsOf(update, 'Update'), [])
  })
})

describe('what the business sends', () => {
  const shown: [string, Piece][] = [
    ['text', { type: 'text', text: 'Hyvää huomenta & <b>' }],
    ['location', { type: 'location', lat: 60.1, lon: 24.9 }],
    ['location', { type: 'location', lat: 60.1, lon: 24.9, name: 'Bakery', address: 'Rye street 1' }],
    ['contact', { type: 'contact', name: 'Ann Baker', phones: ['+358401234567'] }],
    ['poll', { type: 'poll', question: 'Which?', options: [{ label: 'Rye' }, { label: 'Wheat' }] }],
    ['choices', { type: 'choices', prompt: 'Which?', choices: [{ id: 'ä'.repeat(32), label: 'Rye' }] }],
    ['image', { type: 'image', url: 'png', mime: 'image/png', caption: 'Cake — ¡mira!' }],
    ['video', { type: 'video', url: 'pdf', mime: 'video/mp4' }],
    ['audio', { type: 'audio', url: 'pdf', mime: 'audio/mpeg' }],
    ['voice', { type: 'voice', url: 'pdf', mime: 'audio/ogg' }],
    ['file', { type: 'file', url: 'pdf', mime: 'application/pdf', caption: 'Menu' }],
    ['sticker', { type: 'sticker', url: 'png', mime: 'image/webp' }],
  ]
  for (const [type, piece] of shown)
    test(`a piece of type ${piece.type}${'name' in piece ? ' with a name' : ''} appears on the phone`, async () => {
      const id = await sentId(piece)
      const bubble = lastBubble()
      assert.equal(bubble.id, id)
      assert.equal(bubble.from, 'business')
      const part = bubble.parts[0]!
      assert.equal(part.type, type)
      if ('ref' in part)
        assert.deepEqual(
          stage.world.files.get(part.ref ?? '')?.bytes.length,
          files.get((piece as { url: string }).url)!.bytes.length,
        )
      if ('caption' in piece && 'caption' in part) assert.equal(part.caption, piece.caption)
      if (piece.type === 'text') assert.deepEqual(part, piece)
    })

  test('a reply quotes, and a quoted message that is gone does not lose the answer', async () => {
    const first = await sentId({ type: 'text', text: 'first' })
    await telegram.send({ type: 'text', text: 'second' }, { ...to, replyTo: first }, stage.io)
    assert.equal(lastBubble().replyTo, first)
    const gone = await telegram.send(
      { type: 'text', text: 'third' },
      { ...to, replyTo: `${ann.id}:1` as ExternalId },
      stage.io,
    )
    assert.ok(gone.ok)
    assert.equal(lastBubble().replyTo, undefined)
  })

  test('a reaction shows and goes', async () => {
    await heard({ do: 'text', text: 'Thanks' })
    const of = lastBubble().id as ExternalId
    await sentId({ type: 'reaction', emoji: '❤️', of })
    assert.deepEqual(lastBubble().reactions, [{ emoji: '❤', from: 'business' }])
    await sentId({ type: 'reaction', emoji: '', of })
    assert.deepEqual(lastBubble().reactions, [])
    const refused = await send({ type: 'reaction', emoji: '🥖', of })
    assert.equal(!refused.ok && refused.why, 'invalid')
  })

  test('typing reaches the phone', async () => {
    const typing = once(stage.world.events, 'typing')
    await telegram.typing!(to, stage.io)
    assert.equal(((await typing)[0] as { id: string }).id, ann.id)
  })

  test('the profile is the name of the chat, and null for a stranger', async () => {
    assert.deepEqual(await telegram.profile!(to.address, stage.io), { name: 'Ann Lee' })
    assert.equal(await telegram.profile!('999' as Address, stage.io), null)
  })

  test('what Telegram refuses says what happens next', async () => {
    const refused = async (piece: Piece, address: string = ann.id) => {
      const result = await send(piece, { ...to, address: address as Address })
      return result.ok ? 'sent' : `${result.why}: ${result.detail}`
    }
    const hello: Piece = { type: 'text', text: 'Hello' }
    assert.match(await refused(hello, '999'), /^invalid: .*chat not found/)
    assert.match(await refused(hello, bob.id), /^blocked: .*can't initiate conversation/)
    assert.match(await refused(hello, stage.world.account.id), /^blocked: .*bots/)
    assert.match(await refused({ type: 'text', text: 'x'.repeat(4097) }), /^invalid: .*too long/)
    const wide = { type: 'choices', prompt: 'Which?', choices: [{ id: 'ä'.repeat(33), label: 'Rye' }] } as const
    assert.match(await refused({ ...wide, choices: [...wide.choices] }), /^invalid: .*BUTTON_DATA_INVALID/)
    assert.match(await refused({ type: 'image', url: 'pdf', mime: 'image/png' }), /^invalid: .*IMAGE_PROCESS_FAILED/)
  })
})

describe('what goes wrong on the way', () => {
  test('too many requests say when to try again', async () => {
    Object.assign(stage.world.faults, { rate: 1, retryAfter: 7 })
    const result = await send({ type: 'text', text: 'Hello' })
    assert.deepEqual(result, {
      ok: false,
      why: 'rate',
      detail: 'Too Many Requests: retry after 7',
      retryAfterSeconds: 7,
    })
  })

  test('a broken provider is tried again, a refused token asks to reconnect', async () => {
    stage.world.faults.down = 1
    const down = await send({ type: 'text', text: 'Hello' })
    assert.equal(!down.ok && down.why, 'down')
    stage.world.faults.token = true
    const auth = await send({ type: 'text', text: 'Hello' })
    stage.world.faults.token = false
    assert.equal(!auth.ok && auth.why, 'auth')
  })

  test('a lost answer is unknown although the message arrived', async () => {
    stage.world.faults.loseAnswer = 1
    const result = await send({ type: 'text', text: 'Did it arrive?' })
    assert.equal(!result.ok && result.why, 'unknown')
    assert.deepEqual(lastBubble().parts, [{ type: 'text', text: 'Did it arrive?' }])
  })

  test('a forged delivery is refused and comes again rightly signed', async () => {
    const { world, business } = stage
    world.faults.forge = 1
    const before = business.verdicts.length
    world.act(ann.id, { do: 'text', text: 'Is it me?' })
    await business.until(() => business.verdicts.length >= before + 2)
    assert.deepEqual(business.verdicts.slice(before), ['reject', 'accept'])
  })

  test('a repeated delivery carries the same ids', async () => {
    const { world, business } = stage
    world.faults.duplicate = 1
    const before = business.events.length
    world.act(ann.id, { do: 'text', text: 'Twice' })
    world.faults.duplicate = 0
    await business.until(() => business.events.length >= before + 2)
    const [first, second] = business.events.slice(before)
    assert.deepEqual(first, second)
  })

  test('events that arrive in another order keep their own', async () => {
    const { world, business } = stage
    world.faults.reorder = 2
    const before = business.events.length
    world.act(ann.id, { do: 'text', text: 'one' })
    world.act(ann.id, { do: 'text', text: 'two' })
    await business.until(() => business.events.length >= before + 2)
    const both = business.events.slice(before).filter(event => event.type === 'message')
    const inOrder = both.sort((a, b) => a.order! - b.order!).map(event => event.parts[0])
    assert.deepEqual(inOrder, [
      { type: 'text', text: 'one' },
      { type: 'text', text: 'two' },
    ])
  })
})
