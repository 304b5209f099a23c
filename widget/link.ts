import type { Claim, SessionAnswer, VisitorFrame } from '../src/site/shapes.ts'

/** What the line to the server needs to know and tells. */
export interface Ends {
  root: string
  language: string
  token(): string | undefined
  seq(): number | undefined
  identity(): Claim | undefined
  begun(answer: SessionAnswer): void
  frame(frame: VisitorFrame): void
  online(is: boolean): void
}

export class Failed extends Error {
  status: number
  /** Seconds to wait, when the server said so. */
  wait: number
  constructor(status: number, detail: string, wait = 0) {
    super(detail)
    this.status = status
    this.wait = wait
  }
}

/** A line that mends itself: a socket, or a long poll where sockets are not let through, resumed from the last number. */
export interface Link {
  ends: Ends
  started: boolean
  failures: number
  socket?: WebSocket | undefined
  polling?: AbortController | undefined
  timer?: ReturnType<typeof setTimeout>
}

export function createLink(ends: Ends): Link {
  const link: Link = { ends, started: false, failures: 0 }
  addEventListener('online', () => wake(link))
  addEventListener('offline', () => link.started && ends.online(false))
  addEventListener('pageshow', event => event.persisted && wake(link))
  return link
}

/** One request to the server. Throws `Failed` for a refusal, TypeError when it was not reached. */
export async function call(
  link: Link,
  wish: { method: string; path: string; body?: unknown; signal?: AbortSignal },
): Promise<unknown> {
  const { method, path, body, signal } = wish
  const token = link.ends.token()
  const answer = await fetch(link.ends.root + path, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    ...(signal && { signal }),
  })
  const json = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Failed(answer.status, json.detail ?? '', Number(answer.headers.get('retry-after')))
  return json
}

/** Begins (or resumes) the session and stays on line. Does nothing when that is so already. */
export function start(link: Link): void {
  if (link.started) return
  link.started = true
  link.failures = 0
  resume(link)
}

/** The same person under a proven name, or a session that ended: begins anew. Throws `Failed` when that is refused. */
export async function restart(link: Link): Promise<void> {
  link.started = true
  hangUp(link)
  try {
    await begin(link)
  } catch (error) {
    again(link)
    throw error
  }
  connect(link)
}

export function stop(link: Link): void {
  link.started = false
  hangUp(link)
}

async function begin(link: Link): Promise<void> {
  const { ends } = link
  const [token, identity] = [ends.token(), ends.identity()]
  const asked = { language: ends.language, ...(token && { token }), ...(identity && { identity }) }
  ends.begun((await call(link, { method: 'POST', path: '/session', body: asked })) as SessionAnswer)
}

const resume = (link: Link): void =>
  void begin(link).then(
    () => link.started && connect(link),
    () => again(link),
  )

function connect(link: Link): void {
  hangUp(link)
  const { ends } = link
  const seq = ends.seq()
  const after = seq === undefined ? '' : `?after=${seq}`
  const ws = new WebSocket(`${ends.root.replace(/^http/, 'ws')}/live${after}`, ['parley', ends.token() ?? ''])
  let heard = false
  link.socket = ws
  ws.onmessage = ({ data }) => {
    if (!heard) ends.online(true)
    heard = true
    link.failures = 0
    ends.frame(JSON.parse(data))
  }
  ws.onclose = () => {
    if (link.socket !== ws) return
    link.socket = undefined
    // Refused again while plain requests pass: something between us does not let sockets through.
    if (!heard && link.failures > 1) void poll(link)
    else again(link)
  }
}

/** Comes back after a pause that grows. */
function again(link: Link): void {
  link.ends.online(false)
  clearTimeout(link.timer)
  const pause = Math.min(30_000, 500 * 2 ** Math.min(link.failures++, 6)) * (0.7 + Math.random() * 0.6)
  link.timer = setTimeout(wake, pause, link)
}

/** A token may have ended while we were away: asking for the session tells, and costs one request. */
function wake(link: Link): void {
  if (!link.started) return
  clearTimeout(link.timer)
  resume(link)
}

async function poll(link: Link): Promise<void> {
  const mine = new AbortController()
  link.polling = mine
  try {
    for (;;) {
      const path = `/poll?after=${link.ends.seq() ?? 0}`
      const frame = (await call(link, { method: 'GET', path, signal: mine.signal })) as VisitorFrame
      if (link.polling !== mine) return
      link.ends.online(true)
      link.ends.frame(frame)
    }
  } catch {
    if (link.polling === mine) again(link)
  }
}

function hangUp(link: Link): void {
  const { socket, polling } = link
  clearTimeout(link.timer)
  link.socket = link.polling = undefined
  socket?.close()
  polling?.abort()
}
