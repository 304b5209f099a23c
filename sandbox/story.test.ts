import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { wordsOf } from '../src/domain/message.ts'
import { cast } from './cast.ts'
import { firstPeople } from './people.ts'
import { type Answer, createStory } from './story.ts'
import { taleOf, traveller } from './tales.ts'
import type { Wire } from './wire.ts'
import { createWorld, type World } from './world.ts'

/** A network on which words appear and nobody is told. */
const quiet = (kind: string): Wire => ({
  kind,
  routes: () => {},
  act(deed, person, world) {
    if (deed.do === 'look') throw new Error(`${kind}: nobody is told who looks`)
    if (deed.do !== 'text' && deed.do !== 'media' && deed.do !== 'press') return
    const text = deed.do === 'text' ? deed.text : deed.do
    speak(world, { person: person.id, from: 'customer', text })
  },
  sign: () => ({}),
  refuse: { rate: reply => reply, down: reply => reply, token: reply => reply, blocked: reply => reply },
  unknownEvent: () => ({}),
  settings: () => ({}),
  retryAfter: () => 60_000,
})

function speak(world: World, said: { person: string; from: 'customer' | 'business'; text: string }): void {
  const { text, ...whose } = said
  world.show({ ...whose, id: `b${world.next()}`, parts: [{ type: 'text', text }], at: 0, reactions: [] })
}

function stage(t: TestContext, kinds: string[]) {
  const worlds = kinds.map(kind =>
    createWorld(quiet(kind), { name: 'Rowan & Rye', people: firstPeople(kind, Math.random) }),
  )
  t.after(() => {
    for (const world of worlds) world.close()
  })
  const answer: Answer = async (kind, { id: person }, line) => {
    const text = 'text' in line ? line.text : 'ask' in line ? line.ask : line.caption
    speak(worlds.find(world => world.wire.kind === kind)!, { person, from: 'business', text })
  }
  const troubles: string[] = []
  const story = createStory(worlds, answer, { pauseMs: 0, warn: trouble => troubles.push(trouble) })
  return { worlds, story, troubles }
}

test('every messenger has a tale that its first customer tells and the business answers', async t => {
  const { worlds, story, troubles } = stage(t, [...Object.keys(cast), 'pigeon'])
  const told = story.play()
  assert.equal(story.state(), 'playing')
  await told
  assert.equal(story.state(), 'ready')
  assert.deepEqual(troubles, [])
  for (const world of worlds) {
    const steps = taleOf(world.wire.kind).filter(step => !('opens' in step))
    assert.deepEqual(
      world.bubbles.map(bubble => bubble.from),
      steps.map(step => ('hears' in step ? 'business' : 'customer')),
      world.wire.kind,
    )
  }
})

test('one customer goes through all messengers, with a phone of her own in each', async t => {
  const { worlds, story } = stage(t, Object.keys(cast))
  const told = story.play('journey')
  assert.equal(story.state(), 'following')
  await told
  for (const { wire, people, bubbles } of worlds) {
    const [first, answer] = bubbles
    assert.deepEqual(
      [people.get(first!.person)!.name, people.get(first!.person)!.phone],
      [traveller.name, traveller.phone],
    )
    assert.ok(wordsOf(first!.parts).includes(cast[wire.kind as keyof typeof cast].name), wire.kind)
    assert.deepEqual([answer!.from, answer!.person], ['business', first!.person])
  }
})
