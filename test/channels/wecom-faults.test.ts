import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { revoke } from '../../sandbox/wecom/api.ts'
import type { HttpCall, Listening, Piece, RawRequest } from '../../src/channels/contract.ts'
import { MediaGone } from '../../src/channels/contract.ts'
import { wecom } from '../../src/channels/wecom/index.ts'
import type { Settings } from '../../src/channels/wecom/settings.ts'
import { createIo } from './io.ts'
import { fresh, inTouch, mei, openStage, type Stage, writes } from './wecom-stage.ts'
import { nowhere, png, whyNot } from './wired.ts'

const piece: Piece = { type: 'text', text: 'hello' }

describe('wecom: faults of callbacks', () => {
  let stage: Stage
  before(async () => {
    stage = await inTouch()
  })
  beforeEach(() => writes(stage))
  after(() => stage.close())

  test('a callback that comes three times fetches a message once', async () => {
    stage.world.faults.duplicate = 2
    stage.world.act(mei.id, { do: 'text', text: 'once' })
    stage.world.faults.duplicate = 0
    await stage.heard('message')
    await stage.world.settled()
    stage.world.act(mei.id, { do: 'text', text: 'and again' })
    const messages = await stage.heard('message', 2)
    assert.equal(messages.length, 2)
    assert.equal(new Set(messages.map(m => m.id)).size, 2)
  })
  test('callbacks may come in the wrong order: messages keep theirs', async () => {
    stage.world.faults.reorder = 2
    stage.world.act(mei.id, { do: 'text', text: 'first' })
    stage.world.act(mei.id, { do: 'text', text: 'second' })
    const messages = await stage.heard('message', 2)
    assert.deepEqual(
      messages.map(m => m.parts.map(p => (p.type === 'text' ? p.text : ''))[0]),
      ['first', 'second'],
    )
  })
  test('a forged callback is refused and wakes nobody, the true one follows', async () => {
    await stage.world.settled()
    stage.verdicts.length = 0
    stage.world.faults.forge = 1
    stage.world.act(mei.id, { do: 'text', text: 'really me' })
    await stage.heard('message')
    await stage.world.settled()
    assert.deepEqual(stage.verdicts, ['reject', 'answer'])
  })
})

describe('wecom: faults of calls', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage()
  })
  beforeEach(() => stage.world.act(mei.id, { do: 'text', text: 'go on' }))
  after(() => stage.close())

  test('a lost answer is unknown, and the repetition sends nothing twice', async () => {
    assert.ok((await wecom.send(piece, fresh(), stage.io)).ok)
    const [sent, to] = [stage.world.bubbles.length, fresh()]
    stage.world.faults.loseAnswer = 1
    assert.equal(whyNot(await wecom.send(piece, { ...to, attempt: 1 }, stage.io)), 'unknown')
    assert.equal(stage.world.bubbles.length, sent + 1)
    const again = await wecom.send(piece, { ...to, attempt: 2 }, stage.io)
    assert.equal(stage.world.bubble(again.ok ? again.id : '')?.id, to.key.replaceAll('-', ''))
    assert.equal(stage.world.bubbles.length, sent + 1)
  })
  test('a limit tells to wait a minute, an outage is retried, nobody there is down', async () => {
    stage.world.faults.rate = 1
    const limited = await wecom.send(piece, fresh(), stage.io)
    assert.deepEqual([whyNot(limited), !limited.ok && limited.retryAfterSeconds], ['rate', 60])
    stage.world.faults.down = 1
    assert.equal(whyNot(await wecom.send(piece, fresh(), stage.io)), 'down')
    assert.equal(
      whyNot(await wecom.send(piece, fresh(), createIo({ ...stage.io.settings, baseUrl: await nowhere() }))),
      'down',
    )
    assert.equal(whyNot(await wecom.send(piece, fresh(), stage.io)), 'ok')
  })
  test('a token that ended early is renewed unseen, one that is always refused asks to connect again', async () => {
    revoke(stage.world)
    assert.ok((await wecom.send(piece, fresh(), stage.io)).ok)
    stage.world.faults.token = true
    assert.equal(whyNot(await wecom.send(piece, fresh(), stage.io)), 'auth')
    stage.world.faults.token = false
    assert.ok((await wecom.send(piece, fresh(), stage.io)).ok)
  })
  test('a file that fails twice is had at the third time, one that is gone has words', async () => {
    stage.world.act(mei.id, { do: 'media', type: 'image', bytes: png, mime: 'image/png', name: 'a.png' })
    const part = stage.world.bubbles.at(-1)!.parts[0]!
    assert.ok(part.type === 'image' && part.ref)
    stage.world.faults.down = 2
    for (let i = 0; i < 2; i++) await assert.rejects(wecom.media!(part.ref, stage.io), /HTTP 503/)
    assert.equal((await wecom.media!(part.ref, stage.io)).bytes.length, png.length)
    stage.world.files.clear()
    await assert.rejects(
      wecom.media!(part.ref, stage.io),
      (e: Error) => e instanceof MediaGone && /does not know the file/.test(e.message),
    )
  })
})

describe('wecom: a listener in trouble', () => {
  test('ends with the reason when the secret is refused, the provider is down or not there', async t => {
    const stage = await openStage()
    t.after(() => stage.close())
    stage.world.faults.token = true
    assert.match(await (await stage.listen()).ended, /^Refused: WeCom refuses the secret/)
    stage.world.faults.token = false
    stage.world.faults.down = 2
    assert.match(await (await stage.listen()).ended, /HTTP 503/)
    assert.match(await (await stage.listen()).ended, /HTTP 503/)
    const healthy = await stage.listen()
    await healthy.stop()
    assert.equal(await healthy.ended, 'stopped')
  })

  /** A listener whose network says these things, one after another, and that is stopped after so many rounds. */
  async function scripted(said: object[], news: (string | undefined)[]) {
    const [calls, waits, pages]: [HttpCall[], number[], RawRequest[]] = [[], [], []]
    const settings = wecom.settings.parse({
      corpId: 'ww3f9a1c77be204d58',
      secret: 's',
      token: 't',
      encodingAesKey: 'a'.repeat(43),
      openKfId: 'wkR7xAAA',
    })
    const io = createIo(settings)
    const end = new AbortController()
    let cursor: unknown
    io.http = async call => {
      if (call.url.includes('/gettoken'))
        return { status: 200, headers: {}, json: { access_token: 'T', expires_in: 7200 }, bytes: new Uint8Array() }
      const json = said[calls.push(call) - 1]
      return { status: 200, headers: {}, json, bytes: new TextEncoder().encode(JSON.stringify(json)) }
    }
    const on: Listening<Settings> = {
      io,
      signal: end.signal,
      connected() {},
      deliver: async request => void pages.push(request),
      cursor: {
        get: async () => cursor,
        set: async value => {
          cursor = value
        },
      },
      async news(ms) {
        if (waits.push(ms) > news.length) end.abort()
        return news[waits.length - 1]
      },
    }
    await wecom.listen!(on)
    return { asked: calls.map(c => c.json as { cursor?: string; token?: string }), waits, pages, cursor }
  }
  const page = (next_cursor: string, has_more: 0 | 1, ...msg_list: object[]) => ({
    errcode: 0,
    next_cursor,
    has_more,
    msg_list,
  })

  test('an empty page with more behind it is gone past, and a cursor that stands still ends the round', async () => {
    const { asked, pages, cursor } = await scripted([page('a', 1), page('b', 1, { msgid: '1' }), page('b', 1)], [])
    assert.deepEqual(
      asked.map(a => a.cursor),
      [undefined, 'a', 'b'],
    )
    assert.equal(pages.length, 1)
    assert.deepEqual(cursor, { cursor: 'b' })
  })
  test('the word of a callback goes along, and one that is refused is left out', async () => {
    const { asked } = await scripted(
      [page('a', 0), { errcode: 95007, errmsg: 'invalid msg token' }, page('b', 0)],
      ['ENC1'],
    )
    assert.deepEqual(
      asked.map(a => a.token),
      [undefined, 'ENC1', undefined],
    )
  })
  test('when asked for patience it waits longer', async () => {
    const { waits } = await scripted(
      [page('a', 0), { errcode: 45009, errmsg: 'limit' }, page('a', 0)],
      [undefined, undefined],
    )
    assert.deepEqual(waits, [15_000, 60_000, 15_000])
  })
})
