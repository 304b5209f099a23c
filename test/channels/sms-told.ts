import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Act } from '../../sandbox/wire.ts'
import type { Adapter, InboundEvent, Piece } from '../../src/channels/contract.ts'
import { anna, outgoing, type Stage } from './sms-stage.ts'

export const only = (events: InboundEvent[]): InboundEvent => {
  assert.equal(events.length, 1)
  return events[0]!
}

interface Carrier<S> {
  adapter: Adapter<S>
  /** Known once the tests run. */
  stage(): Stage<S>
  /** The number of Anna as the carrier writes it. */
  to: string
}

/** The tests of what customers do alike, whoever carries their messages. */
export function testCustomers<S>({ adapter, stage, to }: Carrier<S>): void {
  test('a card arrives as a file', async () => {
    const s = stage()
    const event = only(await s.told({ do: 'contact', name: 'Eero', phone: '358501112233' }))
    assert.ok(event.type === 'message' && event.parts[0]!.type === 'file')
    const card = await adapter.media!(event.parts[0].ref!, s.io)
    assert.match(Buffer.from(card.bytes).toString(), /FN:Eero/)
  })
  test('a reaction arrives in words', async () => {
    const s = stage()
    const said = await s.send({ type: 'text', text: 'Hello' }, to)
    assert.ok(said.ok)
    await s.receipts(said.id)
    const event = only(await s.told({ do: 'react', bubble: said.id, emoji: '👍' }))
    assert.deepEqual(event.type === 'message' && event.parts, [{ type: 'text', text: 'Reacted 👍 to “Hello”' }])
  })
  test('what an SMS cannot carry is refused with a reason', () => {
    const { world } = stage()
    const acts: Act[] = [
      { do: 'edit', bubble: '1', text: 'x' },
      { do: 'delete', bubble: '1' },
      { do: 'press', bubble: '1', choice: 'a' },
      { do: 'location', lat: 1, lon: 2 },
      { do: 'start' },
    ]
    for (const act of acts)
      assert.throws(() => world.act(anna.id, act), new RegExp(`${adapter.kind}: an SMS cannot carry`))
    assert.doesNotThrow(() => world.act(anna.id, { do: 'look' }))
  })
}

/** The test of words on their way to the phone; `most` is how many letters one message may have. */
export function testWords<S>({ stage, to }: Carrier<S>, most: number): void {
  test('words reach the phone as they were, and are told sent and delivered with our key', async () => {
    const s = stage()
    for (const text of ['Kiitos! <b>&</b> "so" 😀', 'ж'.repeat(most)]) {
      const sent = await s.send({ type: 'text', text }, to, '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162')
      assert.ok(sent.ok)
      assert.deepEqual(s.world.bubble(sent.id)?.parts, [{ type: 'text', text }])
      const heard = await s.receipts(sent.id)
      assert.deepEqual(heard.map(r => r.status).sort(), ['delivered', 'sent'])
      assert.ok(heard.every(r => r.key === '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162'))
      assert.equal(s.world.bubble(sent.id)?.ticks, 'delivered')
    }
  })
}

/** Each piece to each number is refused as invalid, in words that name the carrier's code. */
export async function refusesAll<S>({ stage }: Carrier<S>, wrong: [Piece, string, RegExp][]): Promise<void> {
  for (const [piece, whom, code] of wrong) {
    const result = await stage().send(piece, whom)
    assert.ok(!result.ok)
    assert.equal(result.why, 'invalid')
    assert.match(result.detail, code)
  }
}

/** A sender that the account does not have is refused. */
export async function refusesSender<S extends { from?: string | undefined }>(
  { adapter, stage, to }: Carrier<S>,
  from: string,
  words: RegExp,
): Promise<void> {
  const stranger = { ...stage().io, settings: { ...stage().settings, from } }
  const result = await adapter.send({ type: 'text', text: 'x' }, outgoing(to), stranger)
  assert.match(result.ok ? '' : result.detail, words)
}
