import http from 'node:http'
import { WebSocket } from 'ws'

/**
 * Many open screens, and whoever writes to them, in a process of their own: one clock for both ends. Told what to do
 * by its parent's messages; answers each with one.
 */
export type Order =
  | { do: 'open'; url: string; headers: Record<string, string>; count: number }
  /** One thing said again and again; answers how long each took to reach the last screen. */
  | { do: 'say'; post: Post; times: number }
  /** Said at a steady rate; answers the time to each screen. */
  | { do: 'keep saying'; post: Post; perSecond: number; seconds: number }

/** `SAID` in the body becomes what the screens look for, `NUMBER` a number. */
export interface Post {
  url: string
  headers: Record<string, string>
  body: string
}

const sockets: WebSocket[] = []
let heard: (screen: number, frame: Buffer) => void = () => {}
const agent = new http.Agent({ keepAlive: true })
let number = 0

process.on('message', (order: Order) => {
  obey(order).then(
    result => process.send?.({ result }),
    error => process.send?.({ error: String(error) }),
  )
})

function obey(order: Order): Promise<unknown> {
  if (order.do === 'open') return open(order)
  return order.do === 'say' ? say(order) : keepSaying(order)
}

async function open({ url, headers, count }: Order & { do: 'open' }): Promise<number> {
  while (sockets.length < count)
    await Promise.all(Array.from({ length: Math.min(50, count - sockets.length) }, () => openOne(url, headers)))
  return sockets.length
}

function openOne(url: string, headers: Record<string, string>): Promise<void> {
  const screen = sockets.length
  const socket = new WebSocket(url, { headers, perMessageDeflate: false })
  sockets.push(socket)
  socket.on('message', data => heard(screen, data as Buffer))
  return new Promise((done, failed) => {
    socket.once('open', done)
    socket.once('error', failed)
  })
}

async function say({ post, times }: Order & { do: 'say' }): Promise<number[]> {
  const took: number[] = []
  for (let n = 0; n < times; n++) {
    const word = `said-${++number}-`
    let waiting = sockets.length
    const all = new Promise<void>(done => {
      heard = (_, frame) => {
        if (frame.includes(word) && --waiting === 0) done()
      }
    })
    const began = performance.now()
    await send(post, word)
    await all
    took.push(performance.now() - began)
    await new Promise(r => setTimeout(r, 150))
  }
  return took
}

async function keepSaying({ post, perSecond, seconds }: Order & { do: 'keep saying' }): Promise<number[]> {
  const total = perSecond * seconds
  const first = number + 1
  const sentAt: number[] = []
  const took: number[] = []
  const seen = sockets.map(() => new Uint8Array(total))
  heard = (screen, frame) => {
    const now = performance.now()
    for (const [, n] of frame.toString('latin1').matchAll(/said-(\d+)-/g)) {
      const at = Number(n) - first
      if (!(at >= 0) || seen[screen]![at]) continue // left over, or the same words once more in the line of the list
      seen[screen]![at] = 1
      took.push(now - sentAt[at]!)
    }
  }
  const began = performance.now()
  for (let n = 0; n < total; n++) {
    const wait = began + (n * 1000) / perSecond - performance.now()
    if (wait > 0) await new Promise(r => setTimeout(r, wait))
    sentAt.push(performance.now())
    void send(post, `said-${++number}-`)
  }
  for (const end = performance.now() + 20_000; took.length < total * sockets.length && performance.now() < end; )
    await new Promise(r => setTimeout(r, 50))
  if (took.length < total * sockets.length) throw new Error(`${took.length} of ${total * sockets.length} arrived.`)
  return took
}

function send({ url, headers, body }: Post, word: string): Promise<void> {
  return new Promise((done, failed) => {
    const request = http.request(url, { method: 'POST', agent, headers }, response => {
      response.resume()
      response.on('end', () => (response.statusCode! < 300 ? done() : failed(new Error(`${response.statusCode}`))))
    })
    request.on('error', failed)
    request.end(body.replaceAll('SAID', word).replaceAll('NUMBER', String(number)))
  })
}
