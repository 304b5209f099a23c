import { setTimeout as pause } from 'node:timers/promises'
import sharp from 'sharp'
import { roleOf } from './cast.ts'
import { firstPeople } from './people.ts'
import { type Picture, pictures } from './pictures.ts'
import { type Line, type Step, stopOf, taleOf, traveller } from './tales.ts'
import type { Act, Bubble, Person } from './wire.ts'
import type { World } from './world.ts'

/** How the business answers: through its public API, like any other client. */
export type Answer = (kind: string, customer: Person, line: Line) => Promise<void>

export interface Story {
  state(): 'ready' | 'playing' | 'following'
  /**
   * Every phone's own tale, or one customer's way through all messengers. Resolves when the last line is told; a line
   * that cannot be told is left out, and `warn` hears why.
   */
  play(which?: 'tales' | 'journey'): Promise<void>
}

export interface Telling {
  /** Between two lines. Networks that date by whole seconds mix up what is said faster. */
  pauseMs: number
  warn(trouble: string): void
}

/** A customer of every messenger writes to the bakery and is answered, everything through the simulated providers. */
export function createStory(worlds: World[], answer: Answer, { pauseMs, warn }: Telling): Story {
  let playing: { which: 'tales' | 'journey'; told: Promise<void> } | undefined
  async function tell(steps: readonly Step[], world: World, person: Person) {
    for (const step of steps) {
      await tellStep(step, { world, person, answer }).catch((error: Error) => warn(error.message))
      await pause(pauseMs, undefined, { ref: false })
    }
  }
  const plays = {
    /** The phones speak side by side; each keeps its own order. */
    tales: async () => {
      const lanes = worlds.map(async (world, index) => {
        await pause(index * stagger * pauseMs, undefined, { ref: false })
        await tell(taleOf(world.wire.kind), world, firstOf(world))
      })
      await Promise.all(lanes)
    },
    journey: async () => {
      for (const world of worlds) await tell(stopOf(roleOf(world.wire.kind).name), world, travellerIn(world))
    },
  }
  return {
    state: () => (!playing ? 'ready' : playing.which === 'journey' ? 'following' : 'playing'),
    play(which = 'tales') {
      playing ??= {
        which,
        told: plays[which]().finally(() => {
          playing = undefined
        }),
      }
      return playing.told
    },
  }
}

function firstOf(world: World): Person {
  const { id } = firstPeople(world.wire.kind, world.random)[0]!
  return world.people.get(id) ?? world.people.values().next().value!
}

/** The phone of the customer who has every messenger; it is laid on the table when she first needs it. */
function travellerIn(world: World): Person {
  const { phone } = traveller
  const id = roleOf(world.wire.kind).idOf?.(phone.slice(-7)) ?? phone
  const known = world.people.get(id)
  if (known) return known
  const person = { ...traveller, id, blocked: false }
  world.people.set(id, person)
  world.events.emit('person', person)
  return person
}

/** Of a pause, from one phone's first words to the next one's. */
const stagger = 0.4

interface Scene {
  world: World
  person: Person
  answer: Answer
}

async function tellStep(step: Step, { world, person, answer }: Scene): Promise<void> {
  const { id } = person
  const act = async (deed: Act) => {
    look(id, world)
    world.act(id, deed)
    await within(10_000, world.settled())
  }
  if ('opens' in step) return act({ do: 'start' })
  if ('says' in step) return act({ do: 'text', text: step.says, ...(step.subject && { subject: step.subject }) })
  if ('shows' in step) return act(await photo(step.shows, step.caption))
  if ('picks' in step) return act(press(step.picks, id, world))
  const shown = arrived(id, world)
  await answer(world.wire.kind, person, step.hears)
  await shown
}

/** Whoever writes has read. Networks that tell nobody may refuse the thought. */
function look(person: string, world: World): void {
  try {
    world.act(person, { do: 'look' })
  } catch {
    // Nothing is lost: the business would not have heard of it.
  }
}

/** Presses the newest button with these words; says them where there is no such button. */
function press(label: string, person: string, world: World): Act {
  for (const bubble of world.bubbles.filter(b => b.person === person && b.from === 'business').reverse()) {
    const choices = bubble.parts.flatMap(part => (part.type === 'choices' ? part.choices : []))
    const choice = choices.find(c => c.label === label)
    if (choice) return { do: 'press', bubble: bubble.id, choice: choice.id }
  }
  return { do: 'text', text: label }
}

/** The next bubble of the business on this phone; not waited for longer than 10 s. */
function arrived(person: string, world: World): Promise<void> {
  const bubble = new Promise<void>(done => {
    const listen = (shown: Bubble) => {
      if (shown.person !== person || shown.from !== 'business') return
      world.events.off('bubble', listen)
      done()
    }
    world.events.on('bubble', listen)
  })
  return within(10_000, bubble)
}

async function photo(name: Picture, caption?: string): Promise<Act> {
  const bytes = new Uint8Array(await jpegOf(name))
  const file = { bytes, mime: 'image/jpeg', name: `${name}.jpg` }
  return { do: 'media', type: 'image', ...file, ...(caption && { caption }) }
}

/** A drawn picture as every messenger takes it. */
export const jpegOf = (name: Picture): Promise<Buffer> =>
  sharp(Buffer.from(pictures[name])).jpeg({ quality: 86 }).toBuffer()

function within(ms: number, promise: Promise<void>): Promise<void> {
  return Promise.race([promise, new Promise<void>(done => setTimeout(done, ms).unref())])
}
