import os from 'node:os'
import { load, startControl, startOurs, until } from './accept.ts'
import type { Figure } from './figure.ts'
import { type Frame, openScreen } from './screen.ts'

const screens = 50
const people = 5000
/** Parts of the control that are tried until one is kept up with; first more than the target, which offered exactly could only be missed. */
const parts = [0.55, 0.5, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1]

const rounds = 3
const minute = 60

/**
 * Accepted, parsed, contact, conversation, message, told to 50 open screens: the highest of the tried rates at which the
 * backlog does not grow, then kept for a minute, three times. Before each the control, new, runs for a minute too: whoever
 * goes on for long pays for checkpoints, for what the disk was given before, and for indexes that grow. Of the three
 * the one in the middle is the figure.
 */
export async function wholeWay(): Promise<Figure> {
  const ours = await startOurs()
  const open = await openScreens(ours)
  try {
    const tried: string[] = []
    let control = await controlForAMinute()
    for (const part of parts) {
      const trial = await offer({ ours, open, rate: control * part, seconds: 30 })
      tried.push(`${part} of ${control}: ${trial.perSecond}/s answered, ${trial.left} left of ${trial.answered}`)
      if (part !== parts.at(-1) && !keptUp(trial)) continue
      const minutes: Minute[] = []
      for (let round = 0; round < rounds; round++) {
        if (round) control = await controlForAMinute()
        await calm()
        minutes.push(minuteOf(await offer({ ours, open, rate: control * part, seconds: minute }), control))
      }
      return figureOf(minutes, { tried, holes: open.holes() })
    }
    throw new Error('unreachable')
  } finally {
    open.close()
    await ours.stop()
  }
}

async function controlForAMinute(): Promise<number> {
  await calm()
  const control = await startControl()
  try {
    return (await control.run(minute)).perSecond
  } finally {
    await control.stop()
  }
}

/** What ran before goes on writing for a while: until the processors have been idle for two seconds, or after half a minute. */
async function calm(): Promise<void> {
  for (let n = 0; n < 15; n++) {
    const before = times()
    await new Promise(r => setTimeout(r, 2000))
    const after = times()
    if (after.idle - before.idle > 0.9 * (after.all - before.all)) return
  }
}

function times(): { idle: number; all: number } {
  const each = os.cpus().map(cpu => cpu.times)
  const all = each.flatMap(t => Object.values(t)).reduce((a, b) => a + b, 0)
  return { idle: each.reduce((n, t) => n + t.idle, 0), all }
}

/**
 * What waits grew no more in the last third: a burst may be stored first. The door may answer fewer than are offered, as
 * each sender waits for its answer; what counts is what was both answered and shown.
 */
function keptUp({ answered, left, backlog }: Kept): boolean {
  const later = backlog[Math.floor((backlog.length * 2) / 3)] ?? 0
  return left <= later || left < answered * 0.02
}

interface Kept {
  perSecond: number
  answered: number
  /** Not yet on the screens when the last webhook was answered. */
  left: number
  backlog: number[]
  p99: number
}

interface Minute {
  kept: Kept
  ours: number
  control: number
}

/** What was not shown by the end was not kept up with. */
const minuteOf = (kept: Kept, control: number): Minute => ({
  kept,
  ours: Math.round((kept.answered - kept.left) / minute),
  control,
})

function figureOf(minutes: Minute[], { tried, holes }: { tried: string[]; holes: number }): Figure {
  const { kept, ours, control } = minutes.toSorted((a, b) => a.ours / a.control - b.ours / b.control)[rounds >> 1]!
  const all = minutes.map(m => `${m.ours} of ${m.control}`).join(', ')
  return {
    name: 'Whole way: to 50 screens, kept for 60 s',
    value: ours,
    unit: 'messages/s',
    control: { name: 'bare node:http + pg, group commit, for 60 s', value: control },
    target: '>= 0.5 of the control',
    note: `The middle one of ${rounds} minutes by its ratio to the control, which ran for a minute before it: ${all}. Tried for 30 s each, as parts of the control: ${tried.join('; ')}. In the minute in the middle ${kept.perSecond}/s answered, ${kept.left} not yet shown at the end; backlog every 2 s: ${kept.backlog.join(' ')}; p99 of the answer ${kept.p99} ms; ${holes} frames missing on any screen.`,
  }
}

interface Offer {
  ours: Awaited<ReturnType<typeof startOurs>>
  open: Awaited<ReturnType<typeof openScreens>>
  rate: number
  seconds: number
}

let runs = 0

async function offer({ ours, open, rate, seconds }: Offer): Promise<Kept> {
  const backlog: number[] = []
  const before = open.messages()
  const watch = setInterval(() => void ours.metric('deliveries_new').then(n => backlog.push(n)), 2000)
  const orders = {
    port: ours.port,
    path: ours.hook,
    connections: 50,
    seconds,
    perSecond: rate,
    people,
    key: `w${runs++}`,
  }
  const result = await load(orders)
  clearInterval(watch)
  const left = result.answered - (open.messages() - before)
  await until(async () => open.messages() - before >= result.answered && open.together())
  return { ...result, left, backlog: backlog.filter(Number.isFinite) }
}

const told = '"type":"message","message"'

function countOf(what: string, bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(what, 0, 'latin1'); at >= 0; at = bytes.indexOf(what, at + 1, 'latin1')) count++
  return count
}

/**
 * The first screen counts messages; the others read only each frame's number. Unpacking and reading JSON on fifty screens
 * at once is the browsers' work, not this machine's.
 */
async function openScreens(ours: Awaited<ReturnType<typeof startOurs>>) {
  let messages = 0
  const last = new Array<number>(screens).fill(0)
  const holes = new Array<number>(screens).fill(0)
  const hear = (i: number, frame: Frame) => {
    const seq = Number(/^\{"seq":(\d+)/.exec(frame.start())?.[1])
    if (last[i] && seq !== last[i]! + 1) holes[i]!++
    last[i] = seq
    if (i === 0) messages += countOf(told, frame.bytes())
  }
  const sockets = await Promise.all(
    last.map((_, i) =>
      openScreen(ours.port, ours.key, { kept: i === 0 ? 'whole' : 'start', hear: frame => hear(i, frame) }),
    ),
  )
  return {
    messages: () => messages,
    /** All screens have heard the same. */
    together: () => last.every(seq => seq === last[0]),
    holes: () => holes.reduce((a, b) => a + b, 0),
    close: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}
