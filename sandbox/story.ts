import { setTimeout as pause } from 'node:timers/promises'
import sharp from 'sharp'
import { firstPeople } from './people.ts'
import { type Picture, pictures } from './pictures.ts'
import { type Line, type Step, taleOf } from './tales.ts'
import type { Act, Bubble, Person } from './wire.ts'
import type { World } from './world.ts'

/** How the business answers: through its public API, like any other client. */
export type Answer = (kind: string, customer: Person, line: Line) => Promise<void>

export interface Story {
  state(): 'ready' | 'playing'
  /** Resolves when the last line is told; a line that cannot be told is left out, and `warn` hears why. */
  play(): Promise<void>
}

export interface Telling {
  /** Between two lines. Networks that date by whole seconds mix up what is said faster. */
  pauseMs: number
  warn(trouble: string): void
}

/** A customer of every messenger writes to the bakery and is answered, everything through the simulated providers. */
export function createStory(worlds: World[], answer: Answer, { pauseMs, warn }: Telling): Story {
  let playing: Promise<void> | undefined
  /** The phones speak side by side; each keeps its own order. */
  async function tell(world: World, index: number) {
    const kept = firstPeople(world.wire.kind, world.random)[0]!.id
    const person = world.people.get(kept) ?? world.people.values().next().value
    await pause(index * stagger * pauseMs, undefined, { ref: false })
    for (const step of person ? taleOf(world.wire.kind) : []) {
      await tellStep(step, { world, person: person!, answer }).catch((error: Error) => warn(error.message))
      await pause(pauseMs, undefined, { ref: false })
    }
  }
  return {
    state: () => (playing ? 'playing' : 'ready'),
    play() {
      playing ??= Promise.all(worlds.map(tell))
        .then(() => undefined)
        .finally(() => {
          playing = undefined
        })
      return playing
    },
  }
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
    world.act(id, { do: 'look' })
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
