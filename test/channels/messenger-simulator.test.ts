import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { logoUrl } from '../../sandbox/faces.ts'
import { changeComment, comment, expireAt, messengerWire, writeInInbox } from '../../sandbox/messenger.ts'
import { menu as shownMenu } from '../../sandbox/meta/profile.ts'
import type { Act } from '../../sandbox/wire.ts'
import type { Piece } from '../../src/channels/contract.ts'
import { MediaGone } from '../../src/channels/contract.ts'
import { address } from '../../src/channels/kit.ts'
import { messenger } from '../../src/channels/messenger/index.ts'
import type { Settings } from '../../src/channels/messenger/settings.ts'
import { liza, metaStage, type Stage } from './meta-stage.ts'
import {
  hello,
  type InTouch,
  inTouch,
  linkQuoteAndReaction,
  sentBy,
  testEvents,
  testFiles,
  threadIsTaken,
  typingAndReadMarks,
  windowCloses,
} from './meta-told.ts'
import { nowhere, png, whyNot } from './wired.ts'

const connected = () => inTouch(messenger, messengerWire, 'by setup')

describe('messenger: connecting', () => {
  let stage: Stage<Settings>
  before(async () => {
    stage = await metaStage<Settings>(messenger, messengerWire)
  })
  after(() => stage.close())

  test('registers the webhook and subscribes the page', async () => {
    const result = await messenger.setup!(stage.hookUrl, stage.io)
    const picture = { url: logoUrl(stage.world) }
    assert.deepEqual(result, { ok: true, account: 'Rowan & Rye', detail: 'https://m.me/rowan.rye', picture })
    assert.equal(stage.world.webhookUrl, stage.hookUrl)
  })
  test('greets, and shows a menu and questions whose taps arrive as choices', async () => {
    const menu = {
      entries: [
        { label: 'Opening hours', says: 'HOURS' },
        { label: 'Shop', opens: 'https://rowan.example' },
      ],
    }
    const iceBreakers = { entries: [{ label: 'Do you bake on Sunday?' }] }
    const wishes = { greeting: 'Hei {{user_first_name}}!', menu, iceBreakers }
    assert.ok((await messenger.setup!(stage.hookUrl, stage.at(wishes))).ok)
    assert.deepEqual(shownMenu(stage.world), {
      shape: 'list',
      greeting: 'Hei {{user_first_name}}!',
      entries: [
        { label: 'Opening hours' },
        { label: 'Shop', opens: 'https://rowan.example' },
        { label: 'Do you bake on Sunday?', starter: true },
      ],
    })
    const hours = await stage.heard('chosen', () => stage.world.act(liza.id, { do: 'menu', entry: 0 }))
    assert.deepEqual([hours.choice, hours.label], ['HOURS', 'Opening hours'])
    stage.events.splice(0)
    const asked = await stage.heard('chosen', () => stage.world.act(liza.id, { do: 'menu', entry: 2 }))
    assert.equal(asked.choice, 'Do you bake on Sunday?')
    assert.throws(() => stage.world.act(liza.id, { do: 'menu', entry: 1 }), /no such entry/)
  })
  test('no menu in the settings leaves the one that is there, an empty one takes it away', async () => {
    const menu = { entries: [{ label: 'Opening hours' }] }
    assert.ok((await messenger.setup!(stage.hookUrl, stage.at({ menu, iceBreakers: { entries: [] } }))).ok)
    assert.ok((await messenger.setup!(stage.hookUrl, stage.io)).ok)
    assert.deepEqual(shownMenu(stage.world)?.entries, [{ label: 'Opening hours' }])
    assert.ok((await messenger.setup!(stage.hookUrl, stage.at({ menu: { entries: [] } }))).ok)
    assert.deepEqual(shownMenu(stage.world)?.entries, [])
    assert.deepEqual(stage.world.profile.get_started, { payload: 'GET_STARTED' })
  })
  test('a menu that Meta refuses is told in its words', async () => {
    const menu = { entries: [{ label: 'x'.repeat(31) }] }
    const refused = await messenger.setup!(stage.hookUrl, stage.at({ menu }))
    assert.deepEqual(
      [refused.ok, refused.detail],
      [false, 'The menu was not set: (#100) Invalid persistent menu (100)'],
    )
  })
  test('says what to enter by hand when it does not know the app', async () => {
    const result = await messenger.setup!(stage.hookUrl, stage.at({ appId: '' }))
    assert.match(result.detail!, /Callback URL: http.*message_echoes/)
  })
  test('says when the webhook is not reached, and when the token is wrong or of another page', async () => {
    const unreachable = await messenger.setup!(`${await nowhere()}/hooks/1`, stage.io)
    assert.match(unreachable.detail!, /could not be reached.*\(2200\)/)
    const stranger = await messenger.setup!(stage.hookUrl, stage.at({ pageAccessToken: 'wrong' }))
    assert.equal(!stranger.ok && stranger.why, 'auth')
    const other = await messenger.setup!(stage.hookUrl, stage.at({ pageId: '1' }))
    assert.match(other.detail!, /belongs to Rowan & Rye/)
    const offline = await messenger.setup!(stage.hookUrl, stage.at({ baseUrl: await nowhere() }))
    assert.equal(!offline.ok && offline.why, 'down')
  })
  test('every day looks after the token and the subscription', async () => {
    const tend = () => messenger.tend!.run(stage.hookUrl, stage.io)
    const warned = async () => {
      const result = await tend()
      return result.ok ? result.warning : `refused: ${result.detail}`
    }
    assert.equal(await warned(), undefined)
    expireAt(stage.world, new Date(Date.now() + 100 * 86_400_000))
    assert.equal(await warned(), undefined)
    expireAt(stage.world, new Date('2099-01-01'))
    const url = `${stage.world.baseUrl}/v26.0/${stage.io.settings.pageId}/subscribed_apps`
    const headers = { authorization: `Bearer ${stage.world.account.token}` }
    await fetch(url, { method: 'DELETE', headers })
    assert.ok((await tend()).ok)
    const listed = (await (await fetch(url, { headers })).json()) as { data: { subscribed_fields: string[] }[] }
    assert.ok(listed.data[0]!.subscribed_fields.includes('messages'))
    expireAt(stage.world, new Date(Date.now() + 3 * 86_400_000))
    assert.match((await warned())!, /^The access token expires on \d{4}-\d\d-\d\d/)
    expireAt(stage.world, new Date(Date.now() - 1000))
    const over = await tend()
    assert.equal(!over.ok && over.why, 'auth')
  })
  test('lists the templates of the page', async () => {
    const found = await messenger.templates!(stage.io)
    const expected = { name: 'order_shipped', language: 'en', category: 'utility', status: 'approved', values: 2 }
    assert.deepEqual(found[0], { ...expected, body: 'Your order {{1}} is on its way and arrives on {{2}}.' })
    assert.equal(found.find(t => t.name === 'sale')?.status, 'rejected')
  })
})

describe('messenger: what customers do', () => {
  let stage: InTouch<Settings>
  before(async () => {
    stage = await connected()
  })
  after(() => stage.close())
  const act = (deed: Act) => () => stage.world.act(liza.id, deed)

  test('words arrive with the page they were sent to, and may quote', async () => {
    const event = await stage.heard('message', act({ do: 'text', text: 'Kumusta 👋' }))
    assert.deepEqual(event.parts, [{ type: 'text', text: 'Kumusta 👋' }])
    assert.equal(event.from, liza.id)
    assert.equal(event.account, messenger.account!(stage.io.settings))
    const quoting = await stage.heard('message', act({ do: 'text', text: 'this', replyTo: event.id }))
    assert.equal(quoting.replyTo, event.id)
  })
  for (const [type, mime, shown] of [
    ['image', 'image/png', 'image'],
    ['video', 'video/mp4', 'video'],
    ['voice', 'audio/mp4', 'audio'],
    ['file', 'application/pdf', 'file'],
    ['sticker', 'image/png', 'sticker'],
  ] as const)
    test(`a file sent as ${type} arrives and can be fetched`, async () => {
      const event = await stage.heard('message', act({ do: 'media', type, bytes: png, mime, name: 'a b.bin' }))
      const part = event.parts[0] as { type: string; ref: string }
      assert.equal(part.type, shown)
      const file = await messenger.media!(part.ref, stage.io)
      assert.deepEqual([Buffer.from(file.bytes), file.mime], [png, mime])
    })
  test('a file whose address has ended is gone, and an address that is none is not asked', async () => {
    const event = await stage.heard(
      'message',
      act({ do: 'media', type: 'image', bytes: png, mime: 'image/png', name: 'a' }),
    )
    const { ref } = event.parts[0] as { ref: string }
    await assert.rejects(messenger.media!(ref.replace(/oe=\d+/, 'oe=1'), stage.io), MediaGone)
    await assert.rejects(messenger.media!('file:///etc/passwd', stage.io), MediaGone)
  })
  test('buttons, quick replies and cards come back as the choices that were offered', async () => {
    const offers: [string, string[]][] = [
      ['buttons', ['S', 'M', 'L']],
      ['quick replies', ['36', '37', '38', '39']],
      ['cards', ['A very long name of a boot', 'Another boot', 'Third', 'Fourth']],
    ]
    for (const [what, labels] of offers) {
      const choices = labels.map((label, i) => ({ id: `${what}:${i}`, label }))
      const sent = sentBy(await stage.send({ type: 'choices', prompt: 'Which?', choices }))
      await stage.world.settled()
      const pressed = await stage.heard('chosen', act({ do: 'press', bubble: sent.id, choice: `${what}:1` }))
      assert.deepEqual([pressed.choice, pressed.from], [`${what}:1`, liza.id])
      if (what === 'cards') assert.equal(stage.world.bubble(sent.more![0]!)?.parts[0]?.type, 'text')
      else assert.equal(pressed.label, labels[1])
    }
  })
  test('reactions come and go', async () => {
    const { id } = sentBy(await stage.send(hello))
    const love = await stage.heard('reaction', act({ do: 'react', bubble: id, emoji: '❤️' }))
    assert.deepEqual([love.of, love.emoji], [id, '❤️'])
    assert.equal((await stage.heard('reaction', act({ do: 'react', bubble: id, emoji: '' }))).emoji, '')
  })
  test('an edit arrives; unsending is not told', async () => {
    const event = await stage.heard('message', act({ do: 'text', text: 'two boots' }))
    const edited = await stage.heard('edited', act({ do: 'edit', bubble: event.id, text: 'three boots' }))
    assert.deepEqual([edited.of, edited.parts], [event.id, [{ type: 'text', text: 'three boots' }]])
    assert.throws(act({ do: 'delete', bubble: event.id }), /does not tell/)
  })
  test('looking at the phone reads everything', async () => {
    const { id } = sentBy(await stage.send(hello))
    const before = stage.world.now()
    await stage.world.settled()
    const mark = await stage.heard('watermark', act({ do: 'look' }))
    assert.equal(mark.status, 'read')
    assert.ok(mark.until >= before)
    assert.equal(stage.world.bubble(id)?.ticks, 'read')
  })
  test('a link names where the customer came from', async () => {
    const started = await stage.heard('started', act({ do: 'start', ref: 'flyer-7' }))
    assert.deepEqual(started.entry, { ref: 'flyer-7', source: 'shortlink' })
  })
  test('an answer in the inbox of Meta appears as ours, and a taken thread is a line', async () => {
    let id = ''
    const echo = await stage.heard('echo', () => {
      id = writeInInbox(stage.world, liza.id, 'We open at nine')
    })
    assert.deepEqual([echo.id, echo.from, echo.parts], [id, liza.id, [{ type: 'text', text: 'We open at nine' }]])
    await threadIsTaken(stage)
  })
  test('what Messenger has not is refused with a reason', () => {
    assert.throws(act({ do: 'location', lat: 1, lon: 2 }), /cannot send a location/)
    assert.throws(act({ do: 'contact', name: 'A', phone: '12345' }), /cannot send a contact/)
  })
  testEvents(() => stage)
  test('every webhook was signed', () => assert.deepEqual([...new Set(stage.verdicts)], ['accept']))
})

describe('messenger: what the business sends', () => {
  let stage: InTouch<Settings>
  before(async () => {
    stage = await connected()
  })
  after(() => stage.close())
  const shown = (id: string) => stage.world.bubble(id)?.parts

  test('words reach the phone, are told delivered, and their echo only settles them', async () => {
    const receipts = stage.events.length
    const { id } = sentBy(await stage.send({ type: 'text', text: 'Ääkköset 😀' }, { key: 'key-1' }))
    assert.deepEqual(shown(id), [{ type: 'text', text: 'Ääkköset 😀' }])
    await stage.world.settled()
    const told = stage.events.slice(receipts)
    assert.deepEqual(
      told.flatMap(e => (e.type === 'receipt' ? [[e.of, e.status, e.key]] : [])),
      [
        [id, 'sent', 'key-1'],
        [id, 'delivered', undefined],
      ],
    )
    assert.ok(!told.some(e => e.type === 'echo'))
  })
  test('a link, an answer that quotes, and a reaction', () => linkQuoteAndReaction(stage, '👍'))
  testFiles(() => stage)
  test('a file that is not what it says is refused before anything is sent', async () => {
    const before = stage.world.bubbles.length
    assert.equal(whyNot(await stage.send({ type: 'video', url: '/m/1' })), 'invalid')
    assert.equal(stage.world.bubbles.length, before)
  })
  test('typing and read marks reach the phone', () => typingAndReadMarks(stage, messenger))
  test('a profile has a name, and a stranger has none', async () => {
    assert.equal((await messenger.profile!(address(liza.id), stage.io))?.name, 'Liza Santos')
    assert.equal(await messenger.profile!(address('1'), stage.io), null)
  })
  test('a blocked page, a stranger and a wrong body are told apart', async () => {
    stage.world.act(liza.id, { do: 'block' })
    assert.equal(whyNot(await stage.send(hello)), 'blocked')
    stage.world.act(liza.id, { do: 'unblock' })
    assert.equal(whyNot(await stage.send(hello, { address: address('1') })), 'blocked')
    assert.equal(whyNot(await stage.send({ type: 'text', text: 'x'.repeat(2001) })), 'invalid')
    assert.equal(whyNot(await stage.send(hello)), 'ok')
  })
  test('after a day only a person may answer, after a week only a template goes', async () => {
    const last = await windowCloses(stage)
    const template = (values: string[]): Piece => ({ type: 'template', name: 'order_shipped', language: 'en', values })
    const { id } = sentBy(await stage.send(template(['77', 'Monday']), { last }))
    assert.deepEqual(shown(id), [{ type: 'text', text: 'Your order 77 is on its way and arrives on Monday.' }])
    assert.equal(whyNot(await stage.send(template(['77']), { last })), 'invalid')
  })
})

describe('messenger: comments', () => {
  let stage: InTouch<Settings>
  before(async () => {
    stage = await connected()
  })
  after(() => stage.close())

  test('a comment is a conversation of its own, answered below the post or in private once', async () => {
    const said = await stage.heard('message', () => comment(stage.world, liza.id, { post: '5001', text: 'In blue?' }))
    assert.equal(said.from, `comment:${stage.io.settings.pageId}_5001_${liza.id}`)
    assert.equal(said.sender?.name, 'Liza Santos')
    const to = { address: said.from, last: { id: said.id, at: said.at } }
    let answered = ''
    const receipt = await stage.heard('receipt', () => {
      void stage.send({ type: 'text', text: 'Yes!' }, to).then(r => {
        answered = sentBy(r).id
      })
    })
    await stage.world.settled()
    assert.deepEqual([receipt.of, receipt.status], [answered, 'sent'])
    assert.equal(stage.world.bubble(answered)?.replyTo, said.id)
    const secret = await stage.send({ type: 'text', text: '/private Your size?' }, to)
    assert.deepEqual(stage.world.bubble(sentBy(secret).id)?.parts, [{ type: 'text', text: 'Your size?' }])
    const again = await stage.send({ type: 'text', text: '/private And your name?' }, to)
    assert.match(again.ok ? '' : again.detail, /already replied/)
  })
  test('it may be liked, edited and removed', async () => {
    const said = await stage.heard('message', () => comment(stage.world, liza.id, { post: '5002', text: 'Nise' }))
    const to = { address: said.from, last: { id: said.id, at: said.at } }
    sentBy(await stage.send({ type: 'reaction', emoji: '👍', of: said.id }, to))
    assert.equal(stage.world.bubble(said.id)?.reactions.length, 1)
    const edited = await stage.heard('edited', () => changeComment(stage.world, said.id, 'Nice'))
    assert.deepEqual([edited.of, edited.parts], [said.id, [{ type: 'text', text: 'Nice' }]])
    assert.equal((await stage.heard('deleted', () => changeComment(stage.world, said.id, undefined))).of, said.id)
  })
})
