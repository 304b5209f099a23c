import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { logoUrl } from '../../sandbox/faces.ts'
import { comment, instagramWire, story, writeInInbox } from '../../sandbox/instagram.ts'
import { menu as shownMenu } from '../../sandbox/meta/profile.ts'
import type { Act } from '../../sandbox/wire.ts'
import { type Io, MediaGone } from '../../src/channels/contract.ts'
import { instagram } from '../../src/channels/instagram/index.ts'
import type { Settings } from '../../src/channels/instagram/settings.ts'
import { address } from '../../src/channels/kit.ts'
import { liza, metaStage, type Stage } from './meta-stage.ts'
import {
  hello,
  hour,
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

const connected = () => inTouch(instagram, instagramWire, 'by hand')

/** The token ends in so many days. */
async function aged(io: Io<Settings>, days: number): Promise<void> {
  await io.forgetToken('access')
  const expiresAt = new Date(Date.now() + days * 24 * hour - hour)
  await io.token('access', async ({ settings }) => ({ value: settings.accessToken, expiresAt }))
}

const noPermission = { error: { message: 'The permission was taken back.', code: 10, type: 'IGApiException' } }

describe('instagram: connecting', () => {
  let stage: Stage<Settings>
  before(async () => {
    stage = await metaStage<Settings>(instagram, instagramWire)
  })
  after(() => stage.close())

  test('names the account, subscribes it and says what is left to enter by hand', async () => {
    const result = await instagram.setup!(stage.hookUrl, stage.io)
    assert.ok(result.ok)
    assert.equal(result.account, 'Rowan & Rye')
    assert.match(result.detail!, /^https:\/\/ig\.me\/m\/rowan\.rye .*Callback URL: http.*live_comments/)
  })
  test('shows questions in an empty chat, whose taps arrive as choices, and takes them away', async () => {
    const iceBreakers = { entries: [{ label: 'Do you bake on Sunday?', says: 'SUNDAY' }] }
    assert.ok((await instagram.setup!(stage.hookUrl, stage.at({ iceBreakers }))).ok)
    assert.deepEqual(shownMenu(stage.world)?.entries, [{ label: 'Do you bake on Sunday?', starter: true }])
    stage.world.webhookUrl = stage.hookUrl
    const asked = await stage.heard('chosen', () => stage.world.act(liza.id, { do: 'menu', entry: 0 }))
    assert.deepEqual([asked.choice, asked.label], ['SUNDAY', 'Do you bake on Sunday?'])
    assert.ok((await instagram.setup!(stage.hookUrl, stage.at({ iceBreakers: { entries: [] } }))).ok)
    assert.equal(shownMenu(stage.world), undefined)
  })
  test('says when the token is wrong or of another account', async () => {
    const stranger = await instagram.setup!(stage.hookUrl, stage.at({ accessToken: 'wrong' }))
    assert.equal(!stranger.ok && stranger.why, 'auth')
    const other = await instagram.setup!(stage.hookUrl, stage.at({ accountId: '1' }))
    assert.match(other.detail!, /belongs to rowan\.rye/)
    const offline = await instagram.setup!(stage.hookUrl, stage.at({ baseUrl: await nowhere() }))
    assert.equal(!offline.ok && offline.why, 'down')
  })
  test('every day the token is made new, and the subscription is looked after', async () => {
    const io = stage.at({})
    const first = io.settings.accessToken
    const url = `${stage.world.baseUrl}/v26.0/me/subscribed_apps`
    const headers = { authorization: `Bearer ${first}` }
    await fetch(url, { method: 'DELETE', headers })
    const result = await instagram.tend!.run(stage.hookUrl, io)
    const picture = { url: logoUrl(stage.world) }
    assert.deepEqual(result, { ok: true, account: 'Rowan & Rye', detail: 'https://ig.me/m/rowan.rye', picture })
    const listed = (await (await fetch(url, { headers })).json()) as { data: { subscribed_fields: string[] }[] }
    assert.ok(listed.data[0]!.subscribed_fields.includes('comments'))
    assert.equal(io.settings.accessToken, first, 'one that was just connected is too young to be renewed')
    await aged(io, 59)
    assert.ok((await instagram.tend!.run(stage.hookUrl, io)).ok)
    const second = io.settings.accessToken
    assert.notEqual(second, first)
    assert.ok((await instagram.tend!.run(stage.hookUrl, io)).ok)
    assert.equal(io.settings.accessToken, second, 'once a day is enough')
  })
  test('a token that cannot be renewed is told of while there is time to sign in again', async () => {
    for (const [days, warning] of [
      [45, undefined],
      [9, /ends on \d{4}-\d\d-\d\d\. Sign in again before\. .*permission/],
    ] as const) {
      const io = stage.at({})
      await aged(io, days)
      const refusing: typeof io.http = call =>
        call.url.includes('refresh_access_token')
          ? Promise.resolve({ status: 400, headers: {}, json: noPermission, bytes: new Uint8Array() })
          : io.http(call)
      const result = await instagram.tend!.run(stage.hookUrl, { ...io, http: refusing })
      assert.ok(result.ok)
      if (warning) assert.match(result.warning!, warning)
      else assert.equal(result.warning, undefined)
    }
  })
})

describe('instagram: what customers do', () => {
  let stage: InTouch<Settings>
  before(async () => {
    stage = await connected()
  })
  after(() => stage.close())
  const act = (deed: Act) => () => stage.world.act(liza.id, deed)

  test('words arrive with the account they were sent to, and may quote', async () => {
    const event = await stage.heard('message', act({ do: 'text', text: 'Kumusta 👋' }))
    assert.deepEqual(event.parts, [{ type: 'text', text: 'Kumusta 👋' }])
    assert.deepEqual([event.from, event.account], [liza.id, stage.io.settings.accountId])
    const quoting = await stage.heard('message', act({ do: 'text', text: 'this', replyTo: event.id }))
    assert.equal(quoting.replyTo, event.id)
  })
  for (const [type, mime, shown] of [
    ['image', 'image/png', 'image'],
    ['video', 'video/mp4', 'video'],
    ['voice', 'audio/mp4', 'audio'],
    ['file', 'application/pdf', 'file'],
  ] as const)
    test(`a file sent as ${type} arrives and can be fetched until its address ends`, async () => {
      const event = await stage.heard('message', act({ do: 'media', type, bytes: png, mime, name: 'a b.bin' }))
      const part = event.parts[0] as { type: string; ref: string }
      assert.equal(part.type, shown)
      const file = await instagram.media!(part.ref, stage.io)
      assert.deepEqual([Buffer.from(file.bytes), file.mime], [png, mime])
      await assert.rejects(instagram.media!(part.ref.replace(/oe=\d+/, 'oe=1'), stage.io), MediaGone)
    })
  test('a story is answered and mentioned', async () => {
    const answer = await stage.heard('message', () => story(stage.world, liza.id, { answer: 'Lovely!' }))
    assert.deepEqual(
      answer.parts.map(p => (p.type === 'system' ? p.what : p.type)),
      ['story-reply', 'link', 'text'],
    )
    const mention = await stage.heard('message', () => story(stage.world, liza.id, 'mention'))
    assert.deepEqual(
      mention.parts.map(p => (p.type === 'system' ? p.what : p.type)),
      ['story-mention', 'link'],
    )
  })
  test('buttons, quick replies and cards come back as the choices that were offered', async () => {
    const offers: [string, string[]][] = [
      ['buttons', ['S', 'M', 'L']],
      ['quick replies', ['36', '37', '38', '39']],
      ['cards', ['A very long name of a boot', 'Another boot']],
    ]
    for (const [what, labels] of offers) {
      const choices = labels.map((label, i) => ({ id: `${what}:${i}`, label }))
      const sent = sentBy(await stage.send({ type: 'choices', prompt: 'Which?', choices }))
      await stage.world.settled()
      const pressed = await stage.heard('chosen', act({ do: 'press', bubble: sent.id, choice: `${what}:1` }))
      assert.deepEqual([pressed.choice, pressed.from], [`${what}:1`, liza.id])
    }
  })
  test('reactions come and go, an edit and an unsending arrive', async () => {
    const { id } = sentBy(await stage.send(hello))
    const love = await stage.heard('reaction', act({ do: 'react', bubble: id, emoji: '❤️' }))
    assert.deepEqual([love.of, love.emoji], [id, '❤️'])
    assert.equal((await stage.heard('reaction', act({ do: 'react', bubble: id, emoji: '' }))).emoji, '')
    const event = await stage.heard('message', act({ do: 'text', text: 'two boots' }))
    const edited = await stage.heard('edited', act({ do: 'edit', bubble: event.id, text: 'three boots' }))
    assert.deepEqual([edited.of, edited.parts], [event.id, [{ type: 'text', text: 'three boots' }]])
    assert.equal((await stage.heard('deleted', act({ do: 'delete', bubble: event.id }))).of, event.id)
  })
  test('looking at the phone names the newest message, and covers the others', async () => {
    sentBy(await stage.send(hello))
    const { id } = sentBy(await stage.send(hello))
    await stage.world.settled()
    const receipt = await stage.heard('receipt', act({ do: 'look' }))
    assert.deepEqual([receipt.of, receipt.status], [id, 'read'])
    const mark = stage.events.at(-1)!
    assert.ok(mark.type === 'watermark' && mark.from === liza.id)
  })
  test('a link names where the customer came from', async () => {
    const started = await stage.heard('started', act({ do: 'start', ref: 'flyer-7' }))
    assert.deepEqual(started.entry, { ref: 'flyer-7', source: 'igme-source-link' })
  })
  test('an answer in the app appears as ours, our own echo has the id of its answer, a taken thread is a line', async () => {
    let id = ''
    const echo = await stage.heard('echo', () => {
      id = writeInInbox(stage.world, liza.id, 'We open at nine')
    })
    assert.deepEqual([echo.id, echo.from, echo.parts], [id, liza.id, [{ type: 'text', text: 'We open at nine' }]])
    await stage.world.settled()
    const from = stage.events.length
    const sent = sentBy(await stage.send(hello))
    await stage.world.settled()
    assert.deepEqual(
      stage.events.slice(from).map(e => [e.type, e.id]),
      [['echo', sent.id]],
    )
    await threadIsTaken(stage)
  })
  test('what Instagram has not is refused with a reason', () => {
    assert.throws(act({ do: 'location', lat: 1, lon: 2 }), /cannot send a location/)
    assert.throws(act({ do: 'contact', name: 'A', phone: '12345' }), /cannot send a contact/)
    const sticker: Act = { do: 'media', type: 'sticker', bytes: png, mime: 'image/png', name: 's' }
    assert.throws(act(sticker), /does not tell/)
    assert.throws(act({ do: 'start' }), /give a ref/)
  })
  testEvents(() => stage)
})

describe('instagram: what the business sends', () => {
  let stage: InTouch<Settings>
  before(async () => {
    stage = await connected()
  })
  after(() => stage.close())
  const shown = (id: string) => stage.world.bubble(id)?.parts

  test('words, a link, an answer that quotes, and a reaction reach the phone', async () => {
    const words = sentBy(await stage.send({ type: 'text', text: 'Ääkköset 😀' }))
    assert.deepEqual(shown(words.id), [{ type: 'text', text: 'Ääkköset 😀' }])
    await linkQuoteAndReaction(stage, '❤️')
  })
  test('a text is measured in bytes', async () => {
    assert.equal(whyNot(await stage.send({ type: 'text', text: 'ж'.repeat(500) })), 'ok')
    assert.equal(whyNot(await stage.send({ type: 'text', text: 'ж'.repeat(501) })), 'invalid')
  })
  testFiles(() => stage)
  test('typing and read marks reach the phone, and a profile has a name', async () => {
    await typingAndReadMarks(stage, instagram)
    assert.equal((await instagram.profile!(address(liza.id), stage.io))?.name, 'Liza Santos')
    assert.equal(await instagram.profile!(address('1'), stage.io), null)
  })
  test('a blocked account and a stranger are told', async () => {
    stage.world.act(liza.id, { do: 'block' })
    assert.equal(whyNot(await stage.send(hello)), 'blocked')
    stage.world.act(liza.id, { do: 'unblock' })
    assert.equal(whyNot(await stage.send(hello, { address: address('1') })), 'blocked')
  })
  test('after a day only a person may answer, after a week nobody', async () => {
    await windowCloses(stage)
  })
})

describe('instagram: comments', () => {
  let stage: InTouch<Settings>
  before(async () => {
    stage = await connected()
  })
  after(() => stage.close())

  test('a comment is a conversation of its own, answered below the post or in private once', async () => {
    const said = await stage.heard('message', () => comment(stage.world, liza.id, { post: '1789', text: 'In blue?' }))
    assert.equal(said.from, `comment:1789_${liza.id}`)
    assert.equal(said.sender?.username, 'liza.s')
    const to = { address: said.from, last: { id: said.id, at: said.at } }
    const { id } = sentBy(await stage.send({ type: 'text', text: 'Yes!' }, to))
    await stage.world.settled()
    const own = stage.events.at(-1)!
    assert.ok(own.type === 'receipt' && own.of === id)
    assert.equal(stage.world.bubble(id)?.replyTo, said.id)
    const secret = sentBy(await stage.send({ type: 'text', text: '/private Your size?' }, to))
    assert.deepEqual(stage.world.bubble(secret.id)?.parts, [{ type: 'text', text: 'Your size?' }])
    const again = await stage.send({ type: 'text', text: '/private And your name?' }, to)
    assert.match(again.ok ? '' : again.detail, /already replied/)
    stage.clock.at += 8 * 24 * hour
    const late = await stage.heard('message', () =>
      comment(stage.world, liza.id, { post: '1789', text: 'Me again', parent: said.id }),
    )
    assert.deepEqual([late.from, late.replyTo], [said.from, said.id])
  })
})
