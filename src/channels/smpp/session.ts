import net from 'node:net'
import tls from 'node:tls'
import { type Io, type Link, NotSent, Refused } from '../contract.ts'
import { type Content, createLine, type Ear } from './line.ts'
import type { Settings } from './settings.ts'
import { hopeless, refusal } from './status.ts'

type Role = 'transceiver' | 'transmitter' | 'receiver'

export interface Session extends Link {
  alive(): boolean
  /** Sends a message once the window has room. Throws `NotSent` and `AnswerLost`. */
  submit(content: Content): Promise<{ status: number; id: string }>
  hear(ear: Ear): void
  /** Asks whether the centre is there, out of turn. The session ends when it does not answer. */
  enquire(): Promise<void>
  /** Resolves with the reason when the connection has ended. */
  ended: Promise<string>
}

/** For sending: the session that `listen` holds in this process, or one of our own. */
export const sending = (io: Io<Settings>): Promise<Session> =>
  io.settings.bind === 'separate' ? living(io, 'transmitter') : living(io, 'transceiver')

export async function receiving(io: Io<Settings>): Promise<{ session: Session; close(): Promise<void> }> {
  const role = io.settings.bind === 'separate' ? 'receiver' : 'transceiver'
  return { session: await living(io, role), close: () => io.drop(nameOf(role)) }
}

const nameOf = (role: Role): string => (role === 'transceiver' ? 'session' : role)

/** A session that has ended is opened anew. */
async function living(io: Io<Settings>, role: Role): Promise<Session> {
  const make = () => openSession(io.settings, role)
  const session = await io.open(nameOf(role), make)
  if (session.alive()) return session
  await io.drop(nameOf(role))
  return io.open(nameOf(role), make)
}

/** Connects and binds. Throws `NotSent` when the centre cannot be reached or is busy, `Refused` when it does not know us. */
export async function openSession(settings: Settings, role: Role): Promise<Session> {
  const line = createLine(await connect(settings), settings)
  const { systemId, password, systemType, addressRange } = settings
  const fields = { systemId, password, systemType, interfaceVersion: 0x34, addressRange }
  const { status } = await line.ask(`bind_${role}`, { fields }).catch(error => {
    line.end(error.message)
    throw new NotSent(`The message centre did not answer the bind: ${error.message}`)
  })
  if (status) {
    line.end('not bound')
    const { detail } = refusal(status)
    throw hopeless(status) ? new Refused(detail) : new NotSent(detail)
  }
  return sessionOn(line, settings)
}

function connect({ baseUrl, ca }: Settings): Promise<net.Socket> {
  const { protocol, hostname, port } = new URL(baseUrl)
  const secure = protocol === 'ssmpp:'
  const host = hostname.replace(/^\[|\]$/g, '')
  const at = { host, port: Number(port) || (secure ? 3550 : 2775), timeout: 15_000 }
  const name = secure && !net.isIP(host) ? { servername: host } : {}
  const socket = secure ? tls.connect({ ...at, ...name, ...(ca && { ca }) }) : net.connect(at)
  return new Promise((done, failed) => {
    const cannot = (why: string) => {
      socket.destroy()
      failed(new NotSent(`The message centre cannot be reached: ${why}`))
    }
    socket.once('timeout', () => cannot('no answer within 15 seconds'))
    socket.once('error', error => cannot(error.message))
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      socket.removeAllListeners('error').removeAllListeners('timeout').setTimeout(0).setNoDelay()
      done(socket)
    })
  })
}

function sessionOn(line: ReturnType<typeof createLine>, settings: Settings): Session {
  const { alive, ended, hear, enquire } = line
  const room = createWindow(settings.window)
  const keepAlive = setInterval(() => void enquire(), settings.enquireSeconds * 1000).unref()
  void ended.then(() => clearInterval(keepAlive))
  return {
    alive,
    ended,
    hear,
    enquire,
    submit: content =>
      room(async () => {
        const { status, fields } = await line.ask('submit_sm', content)
        return { status, id: fields.messageId ?? '' }
      }),
    async close() {
      if (!alive()) return
      const soon = new Promise(go => setTimeout(go, 1000).unref())
      await Promise.race([line.ask('unbind').catch(() => {}), soon])
      line.end('closed')
    },
  }
}

/** Lets so many run at once; the others wait in their order. */
function createWindow(size: number) {
  const queue: (() => void)[] = []
  let free = size
  return async <T>(run: () => Promise<T>): Promise<T> => {
    if (free > 0) free--
    else await new Promise<void>(go => queue.push(go))
    try {
      return await run()
    } finally {
      const next = queue.shift()
      if (next) next()
      else free++
    }
  }
}
