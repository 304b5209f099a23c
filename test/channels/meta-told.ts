import assert from 'node:assert/strict'
import { test } from 'node:test'
import { giveThread, takeThread } from '../../sandbox/meta/more.ts'
import { batch } from '../../sandbox/meta/tell.ts'
import type { Wire } from '../../sandbox/wire.ts'
import type { Adapter, ExternalId, Piece, SendResult } from '../../src/channels/contract.ts'
import { address, externalId } from '../../src/channels/kit.ts'
import { liza, metaStage, type Stage } from './meta-stage.ts'
import { isGone, isHadTheThirdTime } from './ordered.ts'
import { begun, png, whyNot } from './wired.ts'

/** What both of Meta's messengers do alike: tests where they share the whole, assertions where they share a part. */

export const hello: Piece = { type: 'text', text: 'Hi' }
export const hour = 3_600_000

type Sent = SendResult & { ok: true }
export const sentBy = (result: SendResult): Sent => {
  assert.ok(result.ok, JSON.stringify(result))
  return result
}

/** Somebody who wrote, so that the account may answer; the clock may be put forward. */
export async function inTouch<S>(adapter: Adapter<S>, wire: Wire, hook: 'by setup' | 'by hand') {
  const clock = { at: Date.now() }
  const stage = await begun(await metaStage<S>(adapter, wire, { now: () => new Date(clock.at) }), async stage => {
    assert.ok((await adapter.setup!(stage.hookUrl, stage.io)).ok)
    if (hook === 'by hand') stage.world.webhookUrl = stage.hookUrl
    await stage.heard('message', () => stage.world.act(liza.id, { do: 'text', text: 'Hello' }))
  })
  return { ...stage, clock }
}

export type InTouch<S> = Awaited<ReturnType<typeof inTouch<S>>>

type Staged<S> = () => Stage<S>

/** The tests of odd and of many events. */
export function testEvents<S>(staged: Staged<S>): void {
  test('an event nobody documented is kept as unsupported', async () => {
    const { world, heard } = staged()
    const event = await heard('unsupported', () =>
      world.emit('unknown', world.wire.unknownEvent(world.people.get(liza.id)!, world)),
    )
    assert.deepEqual([event.what, event.from], ['event hologram_shown', liza.id])
  })
  test('a thousand events in one webhook all arrive', async () => {
    const stage = staged()
    await stage.world.settled()
    const from = stage.events.length
    batch(stage.world, 1000)
    for (let i = 0; i < 1000; i++) stage.world.act(liza.id, { do: 'text', text: `line ${i}` })
    await stage.world.settled()
    batch(stage.world, 1)
    const texts = stage.events.slice(from).map(e => e.type === 'message' && (e.parts[0] as { text: string }).text)
    assert.deepEqual(
      texts,
      Array.from({ length: 1000 }, (_, i) => `line ${i}`),
    )
    assert.deepEqual([...new Set(stage.verdicts)], ['accept'])
  })
}

/** The tests of files on their way to the phone. */
export function testFiles<S>(staged: Staged<S>): void {
  for (const type of ['image', 'file'] as const)
    test(`a file goes up first and is shown as ${type}`, async () => {
      const { world, send } = staged()
      const { id } = sentBy(await send({ type, url: '/m/1' }))
      const [part] = world.bubble(id)!.parts
      assert.equal(part!.type, type)
      assert.deepEqual(Buffer.from(world.files.get((part as { url: string }).url)!.bytes), png)
    })
}

/** The tests of a token, a signature and a file that go wrong. */
export function testFaults<S>(staged: Staged<S>, adapter: Adapter<S>): void {
  test('a token that was taken back wants a new connection', async () => {
    const stage = staged()
    stage.world.faults.token = true
    assert.equal(whyNot(await stage.send(hello)), 'auth')
    const daily = await adapter.tend!.run(stage.hookUrl, stage.io)
    assert.equal(!daily.ok && daily.why, 'auth')
    stage.world.faults.token = false
    assert.equal(whyNot(await stage.send(hello)), 'ok')
  })
  test('a forged webhook is refused and the true one follows', async () => {
    const stage = staged()
    await stage.world.settled()
    stage.verdicts.length = 0
    stage.world.faults.forge = 1
    await stage.heard('message', () => stage.world.act(liza.id, { do: 'text', text: 'really me' }))
    assert.deepEqual(stage.verdicts, ['reject', 'accept'])
  })
  test('a file fails twice and then comes, or never comes', async () => {
    const stage = staged()
    const event = await stage.heard('message', () =>
      stage.world.act(liza.id, { do: 'media', type: 'image', bytes: png, mime: 'image/png', name: 'a.png' }),
    )
    const { ref } = event.parts[0] as { ref: string }
    const fetch = () => adapter.media!(ref, stage.io)
    await isHadTheThirdTime(stage.world, fetch, 500)
    stage.world.files.clear()
    await isGone(fetch, /no longer kept/)
  })
}

/** Another app takes the thread: we hear on, and are refused until it is given back. */
export async function threadIsTaken<S>(stage: Stage<S>): Promise<void> {
  const taken = await stage.heard('happened', () => takeThread(stage.world, liza.id))
  assert.deepEqual([taken.what, taken.values?.new], ['thread-control-taken', '263902037430900'])
  const heard = await stage.heard('message', () => stage.world.act(liza.id, { do: 'text', text: 'anybody?' }))
  assert.deepEqual(heard.parts, [{ type: 'text', text: 'anybody?' }])
  assert.match(Buffer.from(stage.requests.at(-1)!.body).toString(), /"standby"/)
  const refused = await stage.send(hello)
  assert.match(refused.ok ? '' : refused.detail, /another app .*2018300/)
  const given = await stage.heard('happened', () => giveThread(stage.world, liza.id))
  assert.equal(given.what, 'thread-control-passed')
  assert.equal(whyNot(await stage.send(hello)), 'ok')
}

/** A link, an answer that quotes, and a reaction that is taken back reach the phone. */
export async function linkQuoteAndReaction<S>({ world, send }: Stage<S>, emoji: string): Promise<void> {
  const link = sentBy(await send({ type: 'link', url: 'https://shop.example', title: 'Shop' }))
  assert.deepEqual(world.bubble(link.id)?.parts, [{ type: 'text', text: 'Shop\nhttps://shop.example' }])
  const asked = world.bubbles[0]!.id
  const answer = sentBy(await send(hello, { replyTo: externalId(asked) }))
  assert.equal(world.bubble(answer.id)?.replyTo, asked)
  sentBy(await send({ type: 'reaction', emoji, of: asked as ExternalId }))
  assert.deepEqual(world.bubble(asked)?.reactions, [{ emoji, from: 'business' }])
  sentBy(await send({ type: 'reaction', emoji: '', of: asked as ExternalId }))
  assert.deepEqual(world.bubble(asked)?.reactions, [])
}

export async function typingAndReadMarks<S>({ world, io }: Stage<S>, adapter: Adapter<S>): Promise<void> {
  let typing = ''
  world.events.once('typing', person => {
    typing = person.id
  })
  const to = { address: address(liza.id), key: 'k' }
  await adapter.typing!(to, io)
  assert.equal(typing, liza.id)
  await adapter.markRead!(externalId('m_x'), to, io)
  assert.equal(world.bubbles[0]!.ticks, 'read')
}

/** After a day only a person may answer, after a week nobody. Answers the last message of the customer. */
export async function windowCloses<S>({ world, send, clock }: InTouch<S>) {
  const last = { id: externalId('m_1'), at: world.now() }
  clock.at += 25 * hour
  assert.equal(whyNot(await send(hello, { last: { ...last, at: world.now() } })), 'window-closed')
  assert.equal(whyNot(await send(hello, { last })), 'ok')
  clock.at += 150 * hour
  assert.equal(whyNot(await send(hello, { last })), 'window-closed')
  return last
}
