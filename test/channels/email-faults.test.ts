import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { renumber, store } from '../../sandbox/email/box.ts'
import { posted } from '../../sandbox/email/phone.ts'
import { type Outgoing, type Piece, Refused } from '../../src/channels/contract.ts'
import { email } from '../../src/channels/email/index.ts'
import { outcome } from '../../src/channels/email/send.ts'
import { address } from '../../src/channels/kit.ts'
import type { MediaPart } from '../../src/domain/message.ts'
import { anna, listening, openStage, type Stage } from './email-stage.ts'
import { createIo } from './io.ts'

const to = (key: string): Outgoing => ({ address: address(anna.id), key })
const text: Piece = { type: 'text', text: 'Two loaves are waiting for you.' }

describe('email: what goes wrong while reading', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage({ handledFolder: 'Parley', sentFolder: 'Sent' })
  })
  after(() => stage.close())
  const say = async (words: string) => {
    stage.world.act(anna.id, { do: 'text', text: words, subject: words })
    await posted(stage.world)
  }
  const said = () =>
    stage.events.flatMap(event => (event.type === 'message' ? [event.parts[0] as { text: string }] : []))

  test('mail that was there before the channel is not read', async () => {
    await say('old')
    await listening(stage)
    await say('first')
    await stage.heard('message')
    assert.deepEqual(
      said().map(part => part.text),
      ['first'],
    )
  })
  test('a cut line ends listening with words, and days away lose nothing', async () => {
    const again = stage.listen()
    await again.connected
    stage.hangUp()
    assert.match(String(await again.ended), /closed the connection|Connection/i)
    for (const words of ['Monday', 'Tuesday', 'Wednesday']) await say(words)
    await listening(stage)
    await stage.heard('message', 4)
    assert.deepEqual(
      said().map(part => part.text),
      ['first', 'Monday', 'Tuesday', 'Wednesday'],
    )
  })
  test('what is stored is moved to the folder of handled mail, and its files are found there', async () => {
    const bytes = new Uint8Array([9, 8, 7])
    stage.world.act(anna.id, { do: 'media', type: 'file', bytes, mime: 'application/pdf', name: 'a.pdf' })
    const messages = await stage.heard('message', 5)
    const file = messages[4]!.parts[1] as MediaPart
    while (!stage.box.folders.get('Parley')?.mails.some(mail => mail.bubble === messages[4]!.id))
      await new Promise(setImmediate)
    assert.deepEqual(
      stage.box.folders.get('INBOX')!.mails.map(mail => mail.uid),
      [1],
    )
    assert.deepEqual(new Uint8Array((await email.media!(file.ref!, stage.io)).bytes), bytes)
  })
  test('a mail delivered twice has one id', async () => {
    stage.world.faults.duplicate = 1
    await say('twice')
    stage.world.faults.duplicate = 0
    const messages = await stage.heard('message', 7)
    assert.equal(messages[5]!.id, messages[6]!.id)
  })
  test('answers from another mail program are seen, and our own settle what became of them', async () => {
    const echo = ['From: shop <rowanrye@shop.example>', `To: Anna <${anna.id}>`, 'Message-ID: <tb@shop>', '', 'By hand']
    store(stage.box, 'Sent', { raw: Buffer.from(echo.join('\r\n')), at: new Date() })
    await say('wake up')
    const [heard] = await stage.heard('echo')
    assert.deepEqual([heard!.from, heard!.parts[0]], [anna.id, { type: 'mail', subject: '', text: 'By hand' }])
    const sent = await email.send(text, to('key-s'), stage.io)
    const own = [`To: ${anna.id}`, `Message-ID: <${sent.ok && sent.id}>`, '', 'x']
    store(stage.box, 'Sent', { raw: Buffer.from(own.join('\r\n')), at: new Date() })
    await say('wake up again')
    const [receipt] = await stage.heard('receipt')
    assert.deepEqual([receipt!.key, receipt!.status], ['key-s', 'sent'])
  })
  test('a wrong password is refused for good', async () => {
    stage.world.faults.token = true
    assert.ok((await stage.listen().ended) instanceof Refused)
    stage.world.faults.token = false
  })
  test('a server that is down is tried again', async () => {
    stage.world.faults.down = -1
    const error = await stage.listen().ended
    assert.ok(error instanceof Error && !(error instanceof Refused))
    stage.world.faults.down = 0
  })
})

describe('email: a server that numbers anew', () => {
  test('reads the last days again, with the same ids, and goes on', async () => {
    const stage = await openStage()
    const listener = await listening(stage)
    for (const words of ['one', 'two']) stage.world.act(anna.id, { do: 'text', text: words })
    await stage.heard('message', 2)
    await listener.stop()
    renumber(stage.box, 'INBOX')
    stage.world.act(anna.id, { do: 'text', text: 'three' })
    await posted(stage.world)
    await listening(stage)
    const messages = await stage.heard('message', 5)
    assert.equal(new Set(messages.map(message => message.id)).size, 3)
    await stage.close()
  })
  test('mail of the last days is imported when that is wished for', async () => {
    const stage = await openStage({ importDays: 7 })
    stage.world.act(anna.id, { do: 'text', text: 'yesterday' })
    await posted(stage.world)
    stage.listen()
    assert.equal((await stage.heard('message')).length, 1)
    await stage.close()
  })
})

describe('email: what goes wrong while writing', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage()
  })
  after(() => stage.close())
  const send = async (key: string, io = stage.io) => {
    const result = await email.send(text, to(key), io)
    return result.ok ? 'ok' : result.why
  }

  test('a server that is down, too busy, or refuses us says what happens next', async () => {
    stage.world.faults.down = 1
    assert.equal(await send('a'), 'down')
    assert.equal(await send('a'), 'ok')
    stage.world.faults.rate = 1
    stage.world.faults.retryAfter = 20
    const busy = await email.send(text, to('b'), stage.io)
    assert.deepEqual(busy.ok ? '' : [busy.why, busy.retryAfterSeconds], ['rate', 20])
    assert.equal(await send('b'), 'ok')
    await stage.io.drop('smtp')
    stage.world.faults.token = true
    assert.equal(await send('c'), 'auth')
    stage.world.faults.token = false
    assert.equal(await send('c'), 'ok')
    assert.equal(await send('d', createIo({ ...stage.settings, smtpUrl: 'smtp://127.0.0.1:1' })), 'down')
  })
  test('who is connected already is told of a server that goes down, and of a password that ends', async () => {
    assert.equal(await send('open'), 'ok')
    stage.world.faults.down = 1
    assert.equal(await send('open, hung up on'), 'ok', 'over a new connection')
    stage.world.faults.down = 2
    assert.equal(await send('open, down'), 'down')
    assert.equal(await send('open, down'), 'ok')
    stage.world.faults.token = true
    assert.equal(await send('open, token'), 'auth')
    stage.world.faults.token = false
    assert.equal(await send('open, token'), 'ok')
  })
  test('a pause that a server names is kept, as it is written; else it is five minutes', () => {
    const pause = (text: string) => {
      const result = outcome({ code: 450, text }, '<a@b>')
      return result.ok ? undefined : result.retryAfterSeconds
    }
    assert.equal(pause('450 4.7.1 Too many mails, try again in 20 seconds'), 20)
    assert.equal(pause('451 4.7.1 Greylisting in action, please come back in 00:04:59'), 299)
    assert.equal(pause('450 4.2.0 Greylisted, retry after 5 minutes'), 300)
    assert.equal(pause('450 4.2.0 Greylisted for 5 minutes, see http://postgrey.schweikert.ch/'), 300)
    assert.equal(pause('452 4.5.3 Too many recipients'), 300)
  })
  test('a lost answer is unknown although the mail was sent', async () => {
    const before = stage.world.bubbles.length
    stage.world.faults.loseAnswer = 1
    assert.equal(await send('lost'), 'unknown')
    assert.equal(stage.world.bubbles.length, before + 1)
    assert.equal(await send('after'), 'ok')
  })
  test('a server without encryption elsewhere is never told the password', async () => {
    const io = createIo({ ...stage.settings, smtpUrl: stage.settings.smtpUrl.replace('127.0.0.1', '0.0.0.0') })
    assert.equal(await send('plain', io), 'down')
    const reading = createIo({ ...stage.settings, baseUrl: stage.settings.baseUrl.replace('127.0.0.1', '0.0.0.0') })
    const result = await email.setup!('', reading)
    assert.equal(result.ok ? 'ok' : result.why, 'down')
    assert.ok(!stage.world.log.some(line => line.what === 'IMAP sign in'))
  })
})
