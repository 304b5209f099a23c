import assert from 'node:assert/strict'
import type { Person } from '../../sandbox/wire.ts'
import type { World } from '../../sandbox/world.ts'
import { type Adapter, type FetchedMedia, type Io, MediaGone, type Outgoing } from '../../src/channels/contract.ts'
import { createIo } from './io.ts'
import { nowhere, type Of, png, whyNot, type wired } from './wired.ts'

/** What must come of faults that were ordered, whatever the network is. */

type Stage = Pick<Awaited<ReturnType<typeof wired>>, 'world' | 'business'>

/** A webhook that comes three times is the same event three times. */
export async function comesThrice(stage: Stage, who: Person): Promise<void> {
  const { world, business } = await quiet(stage)
  world.faults.duplicate = 2
  world.act(who.id, { do: 'text', text: 'thrice' })
  world.faults.duplicate = 0
  const events = await business.heard('message', 3)
  assert.equal(new Set(events.map(event => JSON.stringify(event))).size, 1)
}

/** Messages that come out of order keep their ids and words. Answers them as they came. */
export async function comesOutOfOrder(stage: Stage, who: Person): Promise<Of<'message'>[]> {
  const { world, business } = await quiet(stage)
  world.faults.reorder = 3
  for (const text of ['one', 'two', 'three']) world.act(who.id, { do: 'text', text })
  const events = await business.heard('message', 3)
  assert.deepEqual(wordsOf(events), ['three', 'two', 'one'])
  const said = world.bubbles.slice(-3).map(bubble => bubble.id)
  assert.deepEqual(events.map(event => event.id).reverse(), said)
  return events
}

export const wordsOf = (events: readonly Of<'message'>[]): string[] =>
  events.map(({ parts }) => (parts[0] as { text: string }).text)

/** A forged webhook is refused, and the true one that follows is taken. */
export async function forgeryIsRefused(stage: Stage, who: Person): Promise<void> {
  const { world, business } = await quiet(stage)
  world.faults.forge = 1
  world.act(who.id, { do: 'text', text: 'really me' })
  await business.heard('message')
  assert.deepEqual(business.verdicts, ['reject', 'accept'])
}

async function quiet(stage: Stage): Promise<Stage> {
  await stage.world.settled()
  stage.business.forget()
  stage.business.verdicts.length = 0
  return stage
}

/** A limit, an outage, a token that counts no more and a refused connection each say what happens next. */
export async function saysWhatHappensNext<S extends object>(
  { world, io }: { world: World; io: Io<S> },
  adapter: Adapter<S>,
  to: Outgoing,
): Promise<void> {
  const why = async (by = io) => whyNot(await adapter.send({ type: 'text', text: 'hello' }, to, by))
  world.faults.rate = 1
  assert.equal(await why(), 'rate')
  world.faults.down = 1
  assert.equal(await why(), 'down')
  world.faults.token = true
  assert.equal(await why(), 'auth')
  world.faults.token = false
  assert.equal(await why(createIo({ ...io.settings, baseUrl: await nowhere() })), 'down')
  assert.equal(await why(), 'ok')
}

type Fetch = () => Promise<FetchedMedia>

/** The picture `png` fails twice for a while, and is had the third time. `status` is how the network says it is down. */
export async function isHadTheThirdTime(world: World, fetch: Fetch, status = 503): Promise<void> {
  const forNow = new RegExp(`HTTP ${status}`)
  world.faults.down = 2
  for (const _ of [1, 2])
    await assert.rejects(fetch(), (error: Error) => !(error instanceof MediaGone) && forNow.test(error.message))
  assert.deepEqual(Buffer.from((await fetch()).bytes), png)
}

/** The file will never come, and an agent is told in words why. */
export async function isGone(fetch: Fetch, words: RegExp): Promise<void> {
  await assert.rejects(fetch(), (error: Error) => {
    assert.ok(error instanceof MediaGone)
    assert.match(error.message, words)
    return true
  })
}
