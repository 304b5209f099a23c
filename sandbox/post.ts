import { spend } from './faults.ts'
import { logLine, type World } from './world.ts'

export interface Post {
  /** `bubble` is what the customer said with it: it gets its second tick when the business has taken the event. */
  emit(what: string, event: unknown, bubble?: string): void
  settled(): Promise<void>
  /** What the business has not taken yet, oldest first: a provider keeps it over its own restart. */
  pending(): Letter[]
  /** Begins with what waits; to be called when there is somewhere to send it. */
  wake(): void
  close(): void
}

export interface Letter {
  what: string
  /** The JSON, as text. */
  body: string
  /** In the order of happening. */
  number: number
  attempt: number
  forged: boolean
  bubble?: string | undefined
}

const inFlightLimit = 16

/** The provider's outgoing post: keeps events until the business answers 2xx, with the ordered faults on the way. */
export function createPost(world: World, kept: Letter[] = []): Post {
  const waiting: Letter[] = kept.map((letter, index) => ({ ...letter, number: index }))
  const held: Letter[] = []
  const inFlight = new Set<Letter>()
  const sleeping = new Set<Letter>()
  let number = kept.length
  let closed = false
  let whenSettled: (() => void)[] = []

  const pump = () => {
    while (!closed && inFlight.size < inFlightLimit && waiting.length && world.webhookUrl)
      void deliver(waiting.shift()!)
    if (!inFlight.size && !sleeping.size && !waiting.length && !held.length)
      for (const done of whenSettled.splice(0)) done()
  }

  const later = (letter: Letter, ms: number) => {
    sleeping.add(letter)
    setTimeout(() => {
      sleeping.delete(letter)
      waiting.push(letter)
      pump()
    }, ms).unref()
  }

  async function deliver(letter: Letter) {
    inFlight.add(letter)
    // First on the phone for good, then out: otherwise a kill leaves the business with words that no phone remembers.
    await world.kept()
    const outcome = await call(letter, world)
    inFlight.delete(letter)
    if (outcome === 'taken' && letter.bubble) arrivedAt(letter.bubble, world)
    if (outcome !== 'taken' && !closed)
      later(
        { ...letter, attempt: letter.attempt + 1, forged: false },
        world.wire.retryAfter(letter.attempt) / world.haste,
      )
    pump()
  }

  /** One after another: several connections at once would bring the order back by chance. */
  async function inTurn(letters: Letter[]) {
    if (!world.webhookUrl) return void waiting.push(...letters)
    for (const letter of letters) sleeping.add(letter)
    for (const letter of letters) {
      sleeping.delete(letter)
      await deliver(letter)
    }
  }

  function queue(letter: Letter) {
    const { faults } = world
    if (faults.reorder > 0) {
      held.push(letter)
      if (--faults.reorder === 0) void inTurn(held.splice(0).reverse())
    } else if (faults.shuffle && world.random() < faults.shuffle) later(letter, 20 + world.random() * 200)
    else if (faults.lateMs) later(letter, faults.lateMs)
    else waiting.push(letter)
  }

  return {
    emit(what, event, bubble) {
      const body = typeof event === 'string' ? event : JSON.stringify(event)
      const letter = { what, body, number: number++, attempt: 0, forged: spend(world.faults, 'forge'), bubble }
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
    pending: () => [...inFlight, ...sleeping, ...waiting, ...held].sort((a, b) => a.number - b.number),
    wake: pump,
    close() {
      closed = true
      whenSettled = []
    },
  }
}

function arrivedAt(id: string, world: World): void {
  if (world.bubble(id)?.ticks === 'sent') world.change(id, { ticks: 'delivered' })
}

async function call(letter: Letter, world: World): Promise<'taken' | 'again'> {
  const began = performance.now()
  const body = Buffer.from(letter.body)
  const signed = letter.forged ? Buffer.concat([body, Buffer.from(' ')]) : body
  try {
    const address = world.wire.address?.(world.webhookUrl!, signed, world) ?? world.webhookUrl!
    const answer = await fetch(world.reach(address), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...world.wire.sign(signed, world) },
      body: new Uint8Array((letter.forged && world.wire.forge?.(body)) || body),
      signal: AbortSignal.timeout(15_000),
    })
    const said = await answer.text()
    const ignored = spend(world.faults, 'ignoreAnswer')
    logLine(world, {
      way: 'out',
      what: letter.what,
      result: ignored
        ? `${answer.status}, answer lost`
        : `${answer.status} in ${Math.round(performance.now() - began)} ms`,
    })
    if (letter.forged) return 'again'
    const took = answer.ok && (world.wire.took?.(said) ?? true)
    return took && !ignored ? 'taken' : 'again'
  } catch (error) {
    logLine(world, { way: 'out', what: letter.what, result: `no answer: ${(error as Error).message}` })
    return 'again'
  }
}
