import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { posted } from '../../sandbox/email/phone.ts'
import type { Outgoing, Piece, SendResult } from '../../src/channels/contract.ts'
import { email } from '../../src/channels/email/index.ts'
import { address } from '../../src/channels/kit.ts'
import { isMedia, type MediaPart } from '../../src/domain/message.ts'
import { anna, listening, openStage, type Stage } from './email-stage.ts'
import { createIo } from './io.ts'

const to: Outgoing = { address: address(anna.id), key: '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162' }
const text: Piece = { type: 'text', text: 'Two loaves are waiting for you.' }
const id = (result: SendResult) => (result.ok ? result.id : assert.fail(JSON.stringify(result)))

describe('email: connecting', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage()
  })
  after(() => stage.close())

  test('signs in at both servers and names the account', async () => {
    const result = await email.setup!('', stage.io)
    assert.deepEqual(result, { ok: true, account: 'rowanrye@shop.example', detail: 'Mails in INBOX: 0' })
  })
  test('a wrong password, a missing folder and a server that is not there are told apart', async () => {
    const why = async (more: object) => {
      const result = await email.setup!('', createIo({ ...stage.settings, ...more }))
      return result.ok ? 'ok' : [result.why, result.detail]
    }
    assert.deepEqual(await why({ password: 'wrong' }), ['auth', 'IMAP: Invalid credentials'])
    assert.deepEqual(await why({ sentFolder: 'Gesendet' }), [
      'invalid',
      'There is no folder "Gesendet". There are: INBOX, Sent',
    ])
    assert.equal((await why({ baseUrl: 'imap://127.0.0.1:1' }))[0], 'down')
    assert.equal((await why({ smtpUrl: 'smtp://127.0.0.1:1' }))[0], 'down')
  })
  test('a token of OAuth2 is asked for, and asked for again when it was withdrawn', async () => {
    const { password: _, ...rest } = stage.settings
    const settings = {
      ...rest,
      clientId: 'c',
      clientSecret: 's',
      refreshToken: 'r',
      tokenUrl: 'https://id.example/token',
    }
    const tokens = ['withdrawn', stage.world.account.secret]
    const forms: string[] = []
    const io = createIo(settings)
    const http: typeof io.http = async call => {
      forms.push(String(call.form))
      const json = { access_token: tokens.shift() ?? stage.world.account.secret, expires_in: 3600 }
      return { status: 200, headers: {}, json, bytes: new Uint8Array() }
    }
    assert.equal((await email.setup!('', { ...io, http })).ok, true)
    assert.deepEqual(forms, Array(2).fill('grant_type=refresh_token&client_id=c&refresh_token=r&client_secret=s'))
    const refused: typeof io.http = async () => {
      const json = { error: 'invalid_grant', error_description: 'Token has been revoked.' }
      return { status: 400, headers: {}, json, bytes: new Uint8Array() }
    }
    const result = await email.setup!('', { ...createIo(settings), http: refused })
    assert.deepEqual(result, { ok: false, why: 'auth', detail: 'No access token: Token has been revoked.' })
  })
})

describe('email: mail comes in', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage({ sentFolder: 'Sent' })
    await listening(stage)
  })
  after(() => stage.close())

  test('a mail arrives while we wait for it, and the phone sees that it was fetched', async () => {
    stage.world.act(anna.id, { do: 'text', text: 'Is the rye loaf back?', subject: 'Bread' })
    const [event] = await stage.heard('message')
    const { id: mailId, at } = stage.world.bubbles[0]!
    assert.deepEqual(event, {
      type: 'message',
      id: mailId,
      from: anna.id,
      at: new Date(Math.floor(at / 1000) * 1000),
      order: 1,
      sender: { name: 'Anna Kuk' },
      parts: [{ type: 'mail', subject: 'Bread', text: 'Is the rye loaf back?' }],
      kept: { messageId: mailId, references: mailId, subject: 'Bread', to: 'rowanrye@shop.example' },
    })
    assert.equal(stage.world.bubbles[0]!.ticks, 'delivered')
  })
  test('our answer is in the thread, and so is the answer to it', async () => {
    const [asked] = await stage.heard('message')
    const last = { id: asked!.id, at: asked!.at, kept: asked!.kept! }
    const sent = id(await email.send(text, { ...to, last }, stage.io))
    const bubble = stage.world.bubble(sent)!
    assert.deepEqual([bubble.subject, bubble.replyTo], ['Re: Bread', asked!.id])
    assert.deepEqual(bubble.parts, [text])
    stage.world.act(anna.id, { do: 'text', text: 'Thank you!' })
    const [, answer] = await stage.heard('message', 2)
    assert.equal(answer!.replyTo, sent)
    assert.equal(stage.requests.at(-1)!.headers.person, anna.id)
  })
  test('a mail that was looked at is read on the phone, and nobody is told', async () => {
    const heard = stage.events.length
    stage.world.act(anna.id, { do: 'look' })
    const { ticks } = stage.world.bubbles.findLast(({ from }) => from === 'business')!
    assert.equal(ticks, 'read')
    assert.equal(stage.events.length, heard)
  })
  test('a reaction is one', async () => {
    const bubble = stage.world.bubbles.findLast(({ from }) => from === 'business')!
    stage.world.act(anna.id, { do: 'react', bubble: bubble.id, emoji: '❤️' })
    const [reaction] = await stage.heard('reaction')
    assert.deepEqual([reaction!.of, reaction!.emoji], [bubble.id, '❤️'])
  })
  test('files come with the mail and are fetched from the mailbox, also when the mail was moved', async () => {
    const bytes = new Uint8Array(70_000).map((_, i) => i % 251)
    stage.world.act(anna.id, {
      do: 'media',
      type: 'image',
      bytes,
      mime: 'image/png',
      name: 'Käse.png',
      caption: 'This one',
    })
    const messages = await stage.heard('message', 3)
    const [mail, file] = messages[2]!.parts as [{ type: string; text: string }, MediaPart]
    assert.equal(mail.text, 'This one')
    assert.deepEqual([file.type, file.name, file.mime, file.bytes], ['image', 'Käse.png', 'image/png', bytes.length])
    assert.deepEqual(new Uint8Array((await email.media!(file.ref!, stage.io)).bytes), bytes)
    const moved = JSON.stringify({ ...JSON.parse(file.ref!), uid: '4711' })
    assert.deepEqual(new Uint8Array((await email.media!(moved, stage.io)).bytes), bytes)
    const gone = JSON.stringify({ ...JSON.parse(file.ref!), uid: '4711', id: 'nobody@example.org' })
    await assert.rejects(email.media!(gone, stage.io), /no longer in the mailbox/)
  })
  test('of a mail beyond 4 MB the words are stored and the file is fetched alone', async () => {
    const bytes = new Uint8Array(3_500_000).fill(7)
    stage.world.act(anna.id, {
      do: 'media',
      type: 'file',
      bytes,
      mime: 'application/zip',
      name: 'all (1).zip',
      caption: 'Everything',
    })
    const messages = await stage.heard('message', 4)
    const [mail, file] = messages[3]!.parts as [{ type: string; text: string }, MediaPart]
    assert.ok(stage.requests.at(-1)!.body.length < 5000)
    assert.equal(mail.text, 'Everything')
    assert.ok(isMedia(file) && file.name === 'all (1).zip' && file.mime === 'application/zip')
    assert.equal(Math.round(file.bytes! / 100_000), 36)
    assert.deepEqual(Buffer.from((await email.media!(file.ref!, stage.io)).bytes), Buffer.from(bytes))
  })
  test('what nobody can read is shown as that', async () => {
    emailUnknown(stage)
    const messages = await stage.heard('message', 5)
    assert.ok(messages[4]!.parts.some(part => part.type === 'unsupported' && part.what === 'encrypted mail'))
  })
  test('what a phone cannot do with mail is said', () => {
    assert.throws(() => stage.world.act(anna.id, { do: 'start' }), /mail cannot start/)
  })
  test('a newsletter keeps its page, without what runs in it', async () => {
    const html = '<p style="background:#8a3d3d">New</p><script>alert(1)</script><form action="/x"><input></form>'
    stage.world.act(anna.id, { do: 'text', text: 'New', subject: 'News', html })
    const mail = (await stage.heard('message', 6)).at(-1)!.parts[0]
    assert.deepEqual(mail, {
      type: 'mail',
      subject: 'News',
      text: 'New',
      html: '<p style="background-color:#8a3d3d">New</p>',
    })
  })
})

const emailUnknown = ({ world }: Stage) => void world.wire.unknownEvent(anna, world)

describe('email: mail goes out', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage({ plusAddressing: true })
  })
  after(() => stage.close())

  test('files are attached', async () => {
    const bytes = new Uint8Array([1, 2, 3])
    stage.files.set('/media/1', { bytes, mime: 'application/pdf', name: 'Preise.pdf' })
    const sent = id(await email.send({ type: 'file', url: '/media/1', caption: 'Our prices' }, to, stage.io))
    const [words, file] = stage.world.bubble(sent)!.parts as [Piece, MediaPart]
    assert.deepEqual(words, { type: 'text', text: 'Our prices' })
    assert.deepEqual(new Uint8Array(stage.world.files.get(file.ref!)!.bytes), bytes)
  })
  test('several mails go over one connection, one after another', async () => {
    const keys = Array.from({ length: 10 }, (_, i) => `key-${i}`)
    const sent = await Promise.all(keys.map(key => email.send(text, { ...to, key }, stage.io)))
    assert.equal(new Set(sent.map(id)).size, 10)
    assert.ok(sent.every(result => stage.world.bubble(id(result))))
  })
  test('repeating a piece repeats the Message-ID, so that the customer sees it once', async () => {
    const again = await email.send(text, { ...to, key: 'key-1', attempt: 2 }, stage.io)
    assert.equal(stage.world.bubbles.filter(bubble => bubble.id === id(again)).length, 1)
  })
  test('an answer to the signed address alone still finds its person', async () => {
    await listening(stage)
    const { id: last } = stage.world.bubbles.at(-1)!
    stage.world.act(anna.id, { do: 'text', text: 'from my phone', replyTo: last })
    await posted(stage.world)
    await stage.heard('message')
    assert.match(Buffer.from(stage.requests.at(-1)!.body).toString(), /^To: rowanrye\+r\w+-\w+@shop\.example/m)
    assert.equal(stage.requests.at(-1)!.headers.person, anna.id)
  })
  test('who is unknown, and who wants no mail, is said at once', async () => {
    const why = async (person: string) => {
      const result = await email.send(text, { ...to, key: 'key-x', address: address(person) }, stage.io)
      return result.ok ? 'ok' : result.why
    }
    assert.equal(await why('nobody@example.org'), 'invalid')
    stage.world.act(anna.id, { do: 'block' })
    assert.equal(await why(anna.id), 'blocked')
    stage.world.act(anna.id, { do: 'unblock' })
    assert.equal(await why(anna.id), 'ok')
  })
  test('a mail that comes back later is a failed receipt of the piece', async () => {
    stage.box.bouncing.add(anna.id)
    const sent = id(await email.send(text, { ...to, key: 'key-b' }, stage.io))
    const [receipt] = await stage.heard('receipt')
    assert.deepEqual([receipt!.key, receipt!.of, receipt!.status], ['key-b', sent, 'failed'])
    assert.deepEqual(receipt!.failure, { why: 'blocked', detail: '550 5.2.1 The mailbox is disabled' })
  })
  test('a machine does not answer a machine', async () => {
    const last = { id: to.key as never, at: new Date(0), kept: { automatic: 'bulk' } }
    const result = await email.send(text, { ...to, last, automatic: true }, stage.io)
    assert.equal(result.ok ? '' : result.why, 'blocked')
  })
})
