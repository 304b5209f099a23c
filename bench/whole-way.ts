import { load, startControl, startOurs, until } from './accept.ts'
import type { Figure } from './figure.ts'
import { type Frame, openScreen } from './screen.ts'

const screens = 50
const people = 5000
/** Parts of the control that are tried until one is kept up with; first more than the target, which offered exactly could only be missed. */
const parts = [0.55, 0.5, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1]

/**
 * Accepted, parsed, contact, conversation, message, told to 50 open screens: the highest of the tried rates at which the
 * backlog does not grow, then kept for a minute. The control runs right before that minute and right after it: a shared
 * machine is quicker at one time than at another.
 */
export async function wholeWay(): Promise<Figure> {
  const control = await startControl()
  const ours = await startOurs()
  const open = await openScreens(ours)
  try {
    const tried: string[] = []
    for (const part of parts) {
      const bare = await control.run()
      const trial = await offer({ ours, open, rate: bare.perSecond * part, seconds: 30 })
      tried.push(`${part} of ${bare.perSecond}: ${trial.perSecond}/s answered, ${trial.left} left of ${trial.answered}`)
      if (part !== parts.at(-1) && !keptUp(trial)) continue
      const before = await control.run()
      const kept = await offer({ ours, open, rate: before.perSecond * part, seconds: 60 })
      const controls = [before.perSecond, (await control.run()).perSecond]
      return figureOf(kept, { controls, tried, holes: open.holes() })
    }
    throw new Error('unreachable')
  } finally {
    open.close()
    await ours.stop()
    await control.stop()
  }
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

function figureOf(
  kept: Kept,
  { controls, tried, holes }: { controls: number[]; tried: string[]; holes: number },
): Figure {
  return {
    name: 'Whole way: to 50 screens, kept for 60 s',
    // What was not shown by the end was not kept up with.
    value: Math.round((kept.answered - kept.left) / 60),
    unit: 'messages/s',
    control: {
      name: 'bare node:http + pg, group commit',
      value: Math.round(controls.reduce((a, b) => a + b) / controls.length),
    },
    target: '>= 0.5 of the control',
    note: `The control before and after it: ${controls.join(', ')}. Tried for 30 s each, as parts of the control: ${tried.join('; ')}. Then for 60 s ${kept.perSecond}/s answered, ${kept.left} not yet shown at the end; backlog every 2 s: ${kept.backlog.join(' ')}; p99 of the answer ${kept.p99} ms; ${holes} frames missing on any screen.`,
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
    if (i === 0) messages += frame.text().split('"type":"message","message"').length - 1
  }
  const sockets = await Promise.all(last.map((_, i) => openScreen(ours.port, ours.key, frame => hear(i, frame))))
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
