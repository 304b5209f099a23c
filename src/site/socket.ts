import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { type WebSocket, WebSocketServer } from 'ws'
import { addressesOf } from './history.ts'
import { type Channel, findChannel, type House, visitorFor } from './house.ts'
import { originAllowed } from './origins.ts'
import { Refused } from './problem.ts'
import { mediaHouse } from './routes.ts'
import { readMissed, type Screen } from './screens.ts'
import type { VisitorFrame } from './shapes.ts'
import { frameOf } from './view.ts'
import type { Visitor } from './visitors.ts'

const ours = /^\/widget\/(\d{1,18})\/live$/
/** A browser that reads this far behind is gone, or will be quicker by loading again. */
const maxBehind = 1024 * 1024
const beatMs = 30_000

/** `GET /widget/<channelId>/live?after=<seq>` as WebSocket, subprotocols `parley` and the visitor's token. */
export function siteSocket(app: FastifyInstance, house: House): void {
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024, handleProtocols: () => 'parley' })
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'http://here')
    const channelId = ours.exec(url.pathname)?.[1]
    if (!channelId) return // another listener's
    socket.on('error', () => socket.destroy())
    admitted(house, request, channelId)
      .then(guest =>
        server.handleUpgrade(request, socket, head, ws => void converse(house, ws, { ...guest, after: afterIn(url) })),
      )
      .catch(error => refuse(socket, error instanceof Refused ? error.status : 500))
  }
  app.server.on('upgrade', upgrade)
  const beat = setInterval(() => beatAll(server), beatMs)
  beat.unref()
  app.addHook('preClose', async () => {
    clearInterval(beat)
    app.server.off('upgrade', upgrade)
    house.screens.close()
    for (const ws of server.clients) ws.terminate()
    server.close()
  })
}

interface Guest {
  channel: Channel
  visitor: Visitor
}

async function admitted(house: House, request: IncomingMessage, channelId: string): Promise<Guest> {
  const channel = await findChannel(house, channelId)
  if (!originAllowed(request.headers.origin, request.headers.host, channel.settings.origins))
    throw new Refused(403, 'origin')
  // Browsers cannot set headers on a socket, and an address with a token in it would end in log files.
  const [, token] = (request.headers['sec-websocket-protocol'] ?? '').split(',').map(name => name.trim())
  const visitor = await visitorFor(house, channel, token)
  house.limits.spend(`reads ${channel.id} ${visitor.address}`, house.allowed.reads)
  return { channel, visitor }
}

function afterIn(url: URL): number | undefined {
  const after = Number(url.searchParams.get('after') || Number.NaN)
  return Number.isSafeInteger(after) && after >= 0 ? after : undefined
}

/** First what was missed, then what happens. Frames that arrive while the history is read wait for it. */
async function converse(house: House, ws: WebSocket, guest: Guest & { after: number | undefined }): Promise<void> {
  const { channel, visitor, after } = guest
  const early: VisitorFrame[] = []
  let ready = false
  const say = (frame: VisitorFrame) => {
    if (ws.bufferedAmount > maxBehind) ws.terminate()
    else ws.send(JSON.stringify(frame))
  }
  const screen: Screen = {
    channel,
    addresses: addressesOf(visitor),
    conversation: null,
    push: frame => (ready ? say(frame) : void early.push(frame)),
    drop: () => ws.close(1012, 'come again'),
  }
  const leave = house.screens.add(screen)
  ws.on('close', leave)
  ws.on('error', () => ws.terminate())
  alive.add(ws)
  ws.on('pong', () => alive.add(ws))
  try {
    const read = await readMissed(house.db, screen, after)
    say(frameOf(read, mediaHouse(house, channel)))
    ready = true
    for (const frame of early) if (frame.seq === undefined || frame.seq > read.seq) say(frame)
  } catch {
    ws.close(1011, 'come again')
  }
}

const alive = new WeakSet<WebSocket>()

function beatAll(server: WebSocketServer): void {
  for (const ws of server.clients) {
    if (!alive.delete(ws)) ws.terminate()
    else ws.ping()
  }
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
