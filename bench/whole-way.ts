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
      note: `Offered ${rate}/s; backlog every 2 s: ${backlog.join(' ')}; the last screen had everything ${rest} ms after the last webhook; p99 of the answer ${result.p99} ms; ${open.missed()} messages missing on any screen.`,
    }
  } finally {
    open.close()
    await ours.stop()
  }
}

async function openScreens(ours: Awaited<ReturnType<typeof startOurs>>) {
  const counts = new Array<number>(screens).fill(0)
  const sockets = await Promise.all(
    counts.map(
      (_, i) =>
        new Promise<WebSocket>((done, failed) => {
          const socket = new WebSocket(`${ours.base.replace('http', 'ws')}/api/v1/live`, {
            headers: { authorization: `Bearer ${ours.key}` },
          })
          socket.on('open', () => done(socket))
          socket.on('error', failed)
          // Counted without parsing: reading JSON on fifty screens at once is the browsers' work, not this machine's.
          socket.on('message', data => {
            counts[i]! += (data.toString().match(/"type":"message","message"/g) ?? []).length
          })
        }),
    ),
  )
  return {
    seen: () => Math.min(...counts),
    missed: () => Math.max(...counts) - Math.min(...counts),
    close: () => {
      for (const socket of sockets) socket.terminate()
    },
  }
}
