import { setTimeout as pause } from 'node:timers/promises'
import sharp from 'sharp'
import { customers } from './people.ts'
import { type Picture, pictures } from './pictures.ts'
import type { Act, Bubble } from './wire.ts'
import type { World } from './world.ts'

type Who = keyof typeof customers
/** What the business says in the story; `picture` becomes an uploaded image. */
export type Line = { text: string } | { ask: string; choices: string[] } | { picture: Picture; caption: string }

type Step = { who: Who } & ({ says: string } | { shows: Picture; caption?: string } | { opens: true } | Reply)
type Reply = { hears: Line } | { picks: string }

const steps: Step[] = [
  { who: 'telegram', opens: true },
  { who: 'whatsapp', says: 'Hei! Could you make a rye layer cake for Saturday?' },
  { who: 'viber', says: 'Päivää! Onko korvapuusteja vielä jäljellä?' },
  { who: 'whatsapp', hears: { picture: 'cake', caption: 'With pleasure! This is the one from last week.' } },
  {
    who: 'telegram',
    hears: {
      ask: 'Здравствуйте, Дмитрий! Это пекарня Rowan & Rye. Что вам подсказать?',
      choices: ['Хлеб сегодня', 'Заказать торт', 'Где мы находимся'],
    },
  },
  {
    who: 'whatsapp',
    hears: { ask: 'Which filling would you like?', choices: ['Lingonberry cream', 'Cloudberry', 'Ask a baker'] },
  },
  { who: 'viber', hears: { text: 'On! Neljätoista on vielä uunilämpimiä.' } },
  { who: 'viber', shows: 'rolls', caption: 'Näitäkö?' },
  { who: 'whatsapp', picks: 'Lingonberry cream' },
  { who: 'telegram', picks: 'Хлеб сегодня' },
  { who: 'telegram', says: 'А бородинский без солода бывает?' },
  {
    who: 'telegram',
    hears: { picture: 'ring', caption: 'Без солода печём ржаной на закваске, по средам и субботам' },
  },
  { who: 'whatsapp', hears: { text: 'Lovely. Saturday at 10:30 in Töölö, €64.00.' } },
  {
    who: 'viber',
    hears: { ask: 'Juuri niitä. Milloin noudatte?', choices: ['Tänään klo 18', 'Huomenna klo 7.30', 'Soittakaa'] },
  },
  { who: 'whatsapp', says: 'Kiitos! May I collect at 10 instead?' },
  { who: 'telegram', says: 'Отложите два, пожалуйста 🙏' },
]

/** How the business answers: through its public API, like any other client. */
export type Answer = (kind: Who, customer: string, line: Line) => Promise<void>

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

/** Three customers write to the bakery and are answered, everything through the simulated providers. */
export function createStory(worlds: World[], answer: Answer, { pauseMs, warn }: Telling): Story {
  let playing: Promise<void> | undefined
  async function tell() {
    for (const step of steps) {
      const world = worlds.find(w => w.wire.kind === step.who)
      if (!world) continue
      await tellStep(step, world, answer).catch((error: Error) => warn(error.message))
      await pause(pauseMs, undefined, { ref: false })
    }
  }
  return {
    state: () => (playing ? 'playing' : 'ready'),
    play() {
      playing ??= tell().finally(() => {
        playing = undefined
      })
      return playing
    },
  }
}

async function tellStep(step: Step, world: World, answer: Answer): Promise<void> {
  const { id, name } = customers[step.who]
  const act = async (deed: Act) => {
    world.act(id, { do: 'look' })
    world.act(id, deed)
    await within(10_000, world.settled())
  }
  if ('opens' in step) return act({ do: 'start' })
  if ('says' in step) return act({ do: 'text', text: step.says })
  if ('shows' in step) return act(await photo(step.shows, step.caption))
  if ('picks' in step) return act(press(step.picks, id, world))
  const shown = arrived(id, world)
  await answer(step.who, name, step.hears)
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
