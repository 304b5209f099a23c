import net, { type AddressInfo, type Socket } from 'node:net'
import {
  type Command,
  type Content,
  createCutter,
  decode,
  encode,
  isResponse,
  type Pdu,
  responseTo,
} from '../../src/channels/smpp/pdu.ts'
import { spend, tooMany } from '../faults.ts'
import { logLine, type World } from '../world.ts'
import { passwordOf, systemIdOf } from './account.ts'
import { accept } from './air.ts'

/** What waits for a bound receiver. */
export interface Letter {
  what: string
  command: 'deliver_sm' | 'alert_notification'
  content: Omit<Content, 'sequence'>
  bubble?: string
  attempt: number
}

interface Bind {
  socket: Socket
  /** Absent until it is bound. */
  role?: string
  sequence: number
  outstanding: Map<number, Letter>
}

export interface Centre {
  port: number
  binds: Set<Bind>
  waiting: Letter[]
  /** How many deliveries one receiver may leave unanswered. */
  window: number
  /** Commands that came, in their order. */
  heard: Pdu[]
}

const centres = new WeakMap<World, Centre>()

export function centreOf(world: World): Centre {
  const known = centres.get(world) ?? { port: 0, binds: new Set(), waiting: [], window: 10, heard: [] }
  centres.set(world, known)
  return known
}

/** A listening SMSC on a free port of 127.0.0.1. */
export async function openCentre(world: World): Promise<{ close(): Promise<void> }> {
  const centre = centreOf(world)
  const server = net.createServer(socket => welcome(socket, world))
  await new Promise<void>(done => server.listen(centre.port, '127.0.0.1', done))
  centre.port = (server.address() as AddressInfo).port
  return {
    close() {
      for (const { socket } of centre.binds) socket.destroy()
      return new Promise(done => server.close(() => done()))
    },
  }
}

/** Cuts all connections, as a centre does that is started anew. */
export function cutOff(world: World): void {
  for (const { socket } of centreOf(world).binds) socket.destroy()
}

function welcome(socket: Socket, world: World): void {
  const centre = centreOf(world)
  const bind: Bind = { socket, sequence: 0, outstanding: new Map() }
  const cut = createCutter()
  centre.binds.add(bind)
  socket.setNoDelay().on('error', () => socket.destroy())
  socket.on('data', chunk => {
    try {
      for (const raw of cut(chunk)) void arrived(decode(raw), bind, world)
    } catch {
      socket.destroy()
    }
  })
  socket.on('close', () => {
    centre.binds.delete(bind)
    centre.waiting.unshift(...bind.outstanding.values())
    bind.outstanding.clear()
    pump(world)
  })
}

async function arrived(pdu: Pdu, bind: Bind, world: World): Promise<void> {
  centreOf(world).heard.push(pdu)
  if (isResponse(pdu)) return answered(pdu, bind, world)
  if (world.faults.slowMs) await new Promise(go => setTimeout(go, world.faults.slowMs))
  const { command } = pdu
  if (command?.startsWith('bind_')) return bound(pdu, bind, world)
  if (command === 'enquire_link') return reply(pdu, bind)
  if (command === 'unbind') {
    reply(pdu, bind)
    return void bind.socket.end()
  }
  if (command === 'submit_sm') return submitted(pdu, bind, world)
  write(bind, 'generic_nack', { sequence: pdu.sequence, status: 0x03 })
}

const write = ({ socket }: Bind, command: Command, content: Content) =>
  void (socket.writable && socket.write(encode(command, content)))

function reply({ command, sequence }: Pdu, bind: Bind, content: Omit<Content, 'sequence'> = {}): void {
  write(bind, responseTo(command!), { sequence, ...content })
}

function bound(pdu: Pdu, bind: Bind, world: World): void {
  const { systemId, password } = pdu.fields
  const status = bind.role
    ? 0x05
    : systemId !== systemIdOf(world)
      ? 0x0f
      : password !== passwordOf(world) || world.faults.token
        ? 0x0e
        : 0
  logLine(world, { way: 'in', what: pdu.command!, result: status ? `refused, ${status}` : 'bound' })
  reply(pdu, bind, { status, fields: { systemId: 'parley-smsc' } })
  if (status) return
  bind.role = pdu.command!.slice('bind_'.length)
  pump(world)
}

async function submitted(pdu: Pdu, bind: Bind, world: World): Promise<void> {
  const status = orderedFault(bind, world)
  const taken = status ? { status, id: '' } : accept(pdu, world)
  const lost = spend(world.faults, 'loseAnswer')
  logLine(world, {
    way: 'in',
    what: 'submit_sm',
    result: lost ? 'no answer' : taken.status ? `${taken.status}` : 'taken',
  })
  await world.kept()
  if (lost) return void bind.socket.destroy()
  reply(pdu, bind, { status: taken.status, fields: { messageId: taken.id ?? '' } })
}

function orderedFault({ role }: Bind, world: World): number {
  if (role !== 'transmitter' && role !== 'transceiver') return 0x04
  if (world.faults.token) return 0x0f
  if (tooMany(world.faults, world.now().getTime())) return 0x58
  return spend(world.faults, 'down') ? 0x08 : 0
}

/** Puts a letter into the queue, with the ordered faults on the way. */
export function post(letter: Letter, world: World): void {
  const { faults } = world
  const centre = centreOf(world)
  const later = faults.shuffle && world.random() < faults.shuffle ? 20 + world.random() * 200 : faults.lateMs
  if (later) return void setTimeout(() => requeue(letter, world), later).unref()
  if (faults.reorder > 0) {
    faults.reorder--
    centre.waiting.unshift(letter)
    if (faults.reorder > 0) return
  } else centre.waiting.push(letter)
  pump(world)
}

function requeue(letter: Letter, world: World): void {
  centreOf(world).waiting.push(letter)
  pump(world)
}

/** Gives what waits to those who are bound to receive. */
export function pump(world: World): void {
  const { binds, waiting, window } = centreOf(world)
  for (const bind of binds) {
    if (bind.role !== 'receiver' && bind.role !== 'transceiver') continue
    while (waiting.length && bind.outstanding.size < window && bind.socket.writable) {
      const letter = waiting.shift()!
      const sequence = ++bind.sequence
      if (letter.command === 'deliver_sm') bind.outstanding.set(sequence, letter)
      void world.kept().then(() => write(bind, letter.command, { ...letter.content, sequence }))
    }
  }
}

function answered({ command, status, sequence }: Pdu, bind: Bind, world: World): void {
  const letter = bind.outstanding.get(sequence)
  if (command !== 'deliver_sm_resp' || !letter) return
  // The centre never reads the answer, and sends again after the next bind.
  if (spend(world.faults, 'ignoreAnswer') || world.faults.duplicate > letter.attempt) {
    letter.attempt++
    return void bind.socket.destroy()
  }
  bind.outstanding.delete(sequence)
  logLine(world, { way: 'out', what: letter.what, result: status ? `refused, ${status}` : 'taken' })
  if (status) {
    const pause = world.wire.retryAfter(letter.attempt++) / world.haste
    setTimeout(() => requeue(letter, world), pause).unref()
  } else if (letter.bubble && world.bubble(letter.bubble)?.ticks === 'sent')
    world.change(letter.bubble, { ticks: 'delivered' })
  pump(world)
}
