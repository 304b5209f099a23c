import { spend } from './faults.ts'
import { logLine, type World } from './world.ts'

export interface Post {
  emit(what: string, event: unknown): void
  settled(): Promise<void>
  close(): void
}

interface Letter {
  what: string
  body: Buffer
  attempt: number
  forged: boolean
}

const inFlightLimit = 16

/** The provider's outgoing post: keeps events until the business answers 2xx, with the ordered faults on the way. */
export function createPost(world: World): Post {
  const waiting: Letter[] = []
  const held: Letter[] = []
  let inFlight = 0
  let sleeping = 0
  let closed = false
  let whenSettled: (() => void)[] = []

  const pump = () => {
    while (!closed && inFlight < inFlightLimit && waiting.length && world.webhookUrl) void deliver(waiting.shift()!)
    if (!inFlight && !sleeping && !waiting.length && !held.length) for (const done of whenSettled.splice(0)) done()
  }

  const later = (letter: Letter, ms: number) => {
    sleeping++
    setTimeout(() => {
      sleeping--
      waiting.push(letter)
      pump()
    }, ms).unref()
  }

  async function deliver(letter: Letter) {
    inFlight++
    const outcome = await call(letter, world)
    inFlight--
    if (outcome !== 'taken' && !closed)
      later(
        { ...letter, attempt: letter.attempt + 1, forged: false },
        world.wire.retryAfter(letter.attempt) / world.haste,
      )
    pump()
  }

  function queue(letter: Letter) {
    const { faults } = world
    if (faults.reorder > 0) {
      held.push(letter)
      if (--faults.reorder === 0) waiting.push(...held.splice(0).reverse())
    } else if (faults.shuffle && world.random() < faults.shuffle) later(letter, 20 + world.random() * 200)
    else if (faults.lateMs) later(letter, faults.lateMs)
    else waiting.push(letter)
  }

  return {
    emit(what, event) {
      const body = typeof event === 'string' ? Buffer.from(event) : Buffer.from(JSON.stringify(event))
      const letter = { what, body, attempt: 0, forged: spend(world.faults, 'forge') }
      queue(letter)
      for (let again = 0; again < world.faults.duplicate; again++)
        later({ ...letter, what: `${what}, again`, forged: false }, 2000 / world.haste)
      pump()
    },
    settled: () => {
      if (held.length) waiting.push(...held.splice(0).reverse())
      world.faults.reorder = 0
      return new Promise(done => {
        whenSettled.push(done)
        pump()
      })
    },
    close() {
      closed = true
      whenSettled = []
    },
  }
}

async function call(letter: Letter, world: World): Promise<'taken' | 'again'> {
  const began = performance.now()
  const signed = letter.forged ? Buffer.concat([letter.body, Buffer.from(' ')]) : letter.body
  try {
    const answer = await fetch(world.webhookUrl!, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...world.wire.sign(signed, world) },
      body: new Uint8Array(letter.body),
      signal: AbortSignal.timeout(15_000),
    })
    await answer.arrayBuffer()
    const ignored = spend(world.faults, 'ignoreAnswer')
    logLine(world, {
      way: 'out',
      what: letter.what,
      result: ignored
        ? `${answer.status}, answer lost`
        : `${answer.status} in ${Math.round(performance.now() - began)} ms`,
    })
    if (letter.forged) return 'again'
    return answer.ok && !ignored ? 'taken' : 'again'
  } catch (error) {
    logLine(world, { way: 'out', what: letter.what, result: `no answer: ${(error as Error).message}` })
    return 'again'
  }
}
