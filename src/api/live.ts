import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { type WebSocket, WebSocketServer } from 'ws'
import { tellTyping } from '../inbox/courtesy.ts'
import { catchUp } from '../live/catch-up.ts'
import type { LiveFrame } from '../live/hub.ts'
import type { Parley } from '../parley.ts'
import { type Caller, callerOf, sessionCookie } from './caller.ts'
import { parseCookie } from './cookie.ts'
import { createFanOut, type Screen, sharedDeflate } from './fan-out.ts'

const beatMs = 30_000

/** `GET /api/v1/live?since=<seq>` as WebSocket: every frame {seq, changes}, none missing, none out of order. */
export function liveSocket(app: FastifyInstance, on: Parley): void {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: 4096,
    perMessageDeflate: sharedDeflate,
    clientTracking: false,
  })
  const screens = new Set<WebSocket>()
  const silent = new WeakSet<WebSocket>()
  const tell = createFanOut()
  // One function for all screens, as there may be thousands.
  function forget(this: WebSocket): void {
    screens.delete(this)
  }
  function answered(this: WebSocket): void {
    silent.delete(this)
  }
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'http://here')
    if (url.pathname !== '/api/v1/live') {
      if (!/^\/(widget|sandbox)\//.test(url.pathname)) socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
      return
    }
    socket.on('error', destroy)
    admit(on, request)
      .then(caller => {
        if (!caller) return socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n')
        const { workspaceId, actor } = caller
        const whose = { workspaceId, who: actor.name }
        server.handleUpgrade(request, socket, head, ws => {
          screens.add(ws)
          ws.on('close', forget)
          ws.on('pong', answered)
          void serve(on, { ws, socket }, { whose, since: sinceOf(url), tell })
        })
      })
      .catch(() => socket.destroy())
  })
  const beat = setInterval(() => {
    for (const ws of screens) {
      if (silent.has(ws)) ws.terminate()
      silent.add(ws)
      ws.ping()
    }
  }, beatMs).unref()
  app.addHook('preClose', async () => {
    clearInterval(beat)
    for (const ws of screens) ws.terminate()
  })
}

/** Browsers send the cookie to this address from any page: the page must be ours. */
async function admit(on: Parley, request: IncomingMessage): Promise<Caller | undefined> {
  const { origin, host } = request.headers
  const cookie = parseCookie(request.headers.cookie, sessionCookie)
  const foreign = origin !== undefined && URL.canParse(origin) && new URL(origin).host !== host
  return callerOf(on.db, { authorization: request.headers.authorization, cookie: foreign ? undefined : cookie })
}

function sinceOf(url: URL): number | undefined {
  const since = url.searchParams.get('since')
  return since !== null && /^\d{1,15}$/.test(since) ? Number(since) : undefined
}

/** Whose screen it is: all that is kept of its caller. */
interface Whose {
  workspaceId: string
  who: string
}

/** First what was missed, read from the database; then what comes. Frames that come meanwhile wait, so nothing falls between. */
async function serve(
  on: Parley,
  screen: Screen,
  { whose, since, tell }: { whose: Whose; since: number | undefined; tell: ReturnType<typeof createFanOut> },
): Promise<void> {
  const { ws } = screen
  const { workspaceId } = whose
  const early: LiveFrame[] = []
  let sent: number | undefined
  const leave = on.hub.subscribe(workspaceId, frame => {
    if (sent === undefined) early.push(frame)
    // What was read from the database already may be announced a moment later.
    else if (frame.seq > sent || frame.changes[0]?.type === 'typing') tell(screen, frame)
  })
  ws.on('close', leave)
  ws.on('error', end)
  ws.on('message', data => hear(on, whose, data.toString()))
  try {
    const missed = since === undefined ? await headOf(on, workspaceId) : await catchUp(on.db, workspaceId, since)
    const { seq, changes, reset } = missed
    ws.send(JSON.stringify({ seq, changes, ...(reset && { reset }) }))
    for (const frame of early.splice(0)) if (frame.seq > seq) tell(screen, frame)
    sent = seq
  } catch {
    ws.close(1013, 'Try again')
  }
}

async function headOf(on: Parley, workspaceId: string) {
  const { rows } = await on.db.query<{ seq: string }>('select seq from live_heads where workspace_id = $1', [
    workspaceId,
  ])
  return { seq: Number(rows[0]?.seq ?? 0), changes: [], reset: false }
}

function end(this: WebSocket): void {
  this.terminate()
}
function destroy(this: Duplex): void {
  this.destroy()
}

function hear(on: Parley, whose: Whose, text: string): void {
  try {
    const said = JSON.parse(text) as { type?: string; conversationId?: string }
    if (said.type === 'typing' && /^\d{1,18}$/.test(said.conversationId ?? ''))
      tellTyping(on, { ...whose, conversationId: said.conversationId! })
  } catch {
    // Rubbish on our own socket: nothing to answer.
  }
}
