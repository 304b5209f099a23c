import { WebSocket } from 'ws'
import { load, startOurs, until } from './accept.ts'
import type { Figure } from './figure.ts'

const screens = 50
const seconds = 60

/**
 * Accepted, parsed, contact, conversation, message, told to 50 open screens: is a rate kept for a minute without a
 * growing backlog? Tries the given part of what the control accepts.
 */
export async function wholeWay(control: number): Promise<Figure> {
  const ours = await startOurs()
  const open = await openScreens(ours)
  try {
    const rate = Math.round(control * 0.5)
    let backlog: number[] = []
    const watch = setInterval(() => void ours.metric('deliveries_new').then(n => backlog.push(n)), 2000)
    const result = await load({
      port: ours.port,
      path: ours.hook,
      connections: 50,
      seconds,
      perSecond: rate,
      people: 5000,
      key: 'whole',
    })
    const ended = performance.now()
    clearInterval(watch)
    await until(async () => open.seen() >= result.answered)
    const rest = Math.round(performance.now() - ended)
    backlog = backlog.filter(Number.isFinite)
    return {
      name: 'Whole way: to 50 screens, kept for 60 s',
      value: result.perSecond,
      unit: 'messages/s',
      control: { name: 'bare node:http + pg, group commit', value: control },
      target: '>= 0.5 of the control, backlog not growing',
      note: `Offered ${rate}/s; backlog every 2 s: ${backlog.join(' ')}; the last screen had everything ${rest} ms after the last webhook; p99 of the answer ${result.p99} ms; ${open.holes()} frames missing on any screen.`,
    }
  } finally {
    open.close()
    await ours.stop()
  }
}

/**
 * The first screen counts messages; the others read only each frame's number. Reading JSON on fifty screens at once is
 * the browsers' work, not this machine's.
 */
async function openScreens(ours: Awaited<ReturnType<typeof startOurs>>) {
  let messages = 0
  const last = new Array<number>(screens).fill(0)
  const holes = new Array<number>(screens).fill(0)
  const hear = (i: number, data: Buffer) => {
    const seq = Number(/^\{"seq":(\d+)/.exec(data.subarray(0, 30).toString('latin1'))?.[1])
    if (last[i] && seq !== last[i]! + 1) holes[i]!++
    last[i] = seq
    if (i === 0) messages += data.toString('latin1').split('"type":"message","message"').length - 1
  }
  const url = `${ours.base.replace('http', 'ws')}/api/v1/live`
  const sockets = await Promise.all(last.map((_, i) => connect(url, ours.key, data => hear(i, data))))
  return {
    seen: () => (last.every(seq => seq === last[0]) ? messages : 0),
    holes: () => holes.reduce((a, b) => a + b, 0),
    close: () => {
      for (const socket of sockets) socket.terminate()
    },
  }
}

function connect(url: string, key: string, hear: (data: Buffer) => void): Promise<WebSocket> {
  return new Promise((done, failed) => {
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${key}` }, perMessageDeflate: false })
    socket.on('open', () => done(socket))
    socket.on('error', failed)
    socket.on('message', data => hear(data as Buffer))
  })
}
