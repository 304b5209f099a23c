import type { Socket } from 'node:net'
import { AnswerLost, NotSent } from '../contract.ts'
import * as wire from './pdu.ts'
import type { Settings } from './settings.ts'
import { notNow, unknownCommand } from './status.ts'

export type Content = Omit<wire.Content, 'sequence'>

/** What `listen` does with what arrives. */
export interface Ear {
  /** Answers the command_status for the message centre, once the message is stored. */
  take(pdu: wire.Pdu, raw: Buffer): Promise<number>
  /** An enquire_link goes out; its answer proves that the centre has read all we wrote before. */
  enquiring(): () => Promise<void>
}

interface Waiting {
  done(answer: wire.Pdu): void
  lost(error: Error): void
  timer: NodeJS.Timeout
}

/** What comes before `listen` is there is held so long, then given back: another bind of the account may take it. */
const holdMs = 5000

/** One TCP connection: questions find their answers, the centre's own questions are answered. */
export function createLine(socket: Socket, settings: Settings) {
  const asked = createQuestions(settings.answerSeconds * 1000)
  let why = ''
  let tell: (why: string) => void
  const ended = new Promise<string>(done => {
    tell = done
  })

  function end(reason: string): void {
    if (why) return
    why = reason
    socket.destroy()
    asked.loseAll(reason)
    tell(reason)
  }

  const write = (command: wire.Command, content: wire.Content): void => {
    if (socket.writable) socket.write(wire.encode(command, content))
  }

  function ask(command: wire.Command, content: Content = {}): Promise<wire.Pdu> {
    if (why || !socket.writable) return Promise.reject(new NotSent(why || 'the connection is closing'))
    return asked.wait(command, sequence => write(command, { ...content, sequence }))
  }

  async function enquire(): Promise<void> {
    const answered = incoming.enquiring()
    try {
      await ask('enquire_link')
      await answered?.()
    } catch (error) {
      end((error as Error).message)
    }
  }

  const incoming = createIncoming(write, () => socket.end(() => end('the message centre ended the session')))
  const cut = wire.createCutter()
  socket.on('data', chunk => {
    try {
      for (const raw of cut(chunk)) {
        const pdu = wire.decode(raw)
        if (wire.isResponse(pdu)) asked.answer(pdu)
        else incoming.arrived(pdu, raw)
      }
    } catch (error) {
      end(`the message centre does not speak SMPP: ${(error as Error).message}`)
    }
  })
  socket.on('error', error => end(error.message))
  socket.on('close', () => end('the connection to the message centre was lost'))
  return { ask, end, ended, enquire, alive: () => !why && socket.writable, hear: incoming.hear }
}

/** Our questions by their sequence numbers. */
function createQuestions(patienceMs: number) {
  const open = new Map<number, Waiting>()
  let last = 0
  function take(sequence: number): Waiting | undefined {
    const one = open.get(sequence)
    open.delete(sequence)
    clearTimeout(one?.timer)
    return one
  }
  return {
    wait(command: string, write: (sequence: number) => void): Promise<wire.Pdu> {
      last = last >= 0x7fffffff ? 1 : last + 1
      const sequence = last
      return new Promise((done, lost) => {
        const late = () => take(sequence)?.lost(new AnswerLost(`The message centre did not answer ${command}`))
        open.set(sequence, { done, lost, timer: setTimeout(late, patienceMs).unref() })
        write(sequence)
      })
    },
    answer: (pdu: wire.Pdu): void => take(pdu.sequence)?.done(pdu),
    loseAll(reason: string): void {
      for (const sequence of [...open.keys()]) take(sequence)?.lost(new AnswerLost(reason))
    },
  }
}

type Write = (command: wire.Command, content: wire.Content) => void

/** The questions of the centre. */
function createIncoming(write: Write, unbound: () => void) {
  const held: [wire.Pdu, Buffer][] = []
  let ear: Ear | undefined

  function answer({ command, sequence }: wire.Pdu, status: number): void {
    if (command !== 'alert_notification') write(wire.responseTo(command!), { sequence, status })
  }
  async function take(by: Ear, pdu: wire.Pdu, raw: Buffer): Promise<void> {
    answer(pdu, await by.take(pdu, raw).catch(() => notNow))
  }
  function hold(pdu: wire.Pdu, raw: Buffer): void {
    held.push([pdu, raw])
    setTimeout(() => held.splice(0).forEach(([one]) => void answer(one, notNow)), holdMs).unref()
  }
  return {
    enquiring: () => ear?.enquiring(),
    hear(by: Ear): void {
      ear = by
      for (const [pdu, raw] of held.splice(0)) void take(by, pdu, raw)
    },
    arrived(pdu: wire.Pdu, raw: Buffer): void {
      switch (pdu.command) {
        case 'enquire_link':
          return answer(pdu, 0)
        case 'unbind':
          answer(pdu, 0)
          return unbound()
        case 'deliver_sm':
        case 'data_sm':
        case 'alert_notification':
          return void (ear ? take(ear, pdu, raw) : hold(pdu, raw))
        case 'outbind':
          return
        default:
          write('generic_nack', { sequence: pdu.sequence, status: unknownCommand })
      }
    },
  }
}
