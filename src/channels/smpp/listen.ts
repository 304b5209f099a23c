import type { Listening, RawRequest } from '../contract.ts'
import { list, maybe, number } from '../kit.ts'
import type { Ear } from './line.ts'
import { createMemory, type Kept, type Memory, type Whole } from './memory.ts'
import type { Pdu } from './pdu.ts'
import { receiving, type Session } from './session.ts'
import type { Settings } from './settings.ts'
import { notNow } from './status.ts'

const minute = 60_000
/** So many repetitions are looked out for; connections that break again and again must not make the list endless. */
const most = 2000
/** A message is shown without the parts that have not come after so long. */
const patience = 60 * minute

/**
 * Stores what the centre delivers, then acknowledges it. Parts of a long message are kept in the cursor and acknowledged
 * one by one, because many centres send the next part only then; the message is handed on when the last one is there.
 */
export async function listen(on: Listening<Settings>): Promise<void> {
  const { session, close } = await receiving(on.io)
  const kept = maybe(await on.cursor.get())
  const start = on.io.now.getTime()
  const known = { count: number(kept.count) ?? 0, heard: list(kept.heard).slice(-most), sets: list(kept.sets) } as Kept
  const memory = createMemory(known, start.toString(36), () => on.io.now.getTime())
  const turn = inTurn()
  const tidy = () => turn(() => handOver(on, memory)).catch(() => {})
  await tidy()
  const timers = [setInterval(tidy, minute).unref(), setTimeout(memory.trust, 5 * minute).unref()]
  session.hear(earOf({ on, memory, session, turn }))
  on.connected(on.io.settings.systemId)
  const reason = await Promise.race([session.ended, stopped(on.signal)])
  for (const timer of timers) clearTimeout(timer)
  if (!on.signal.aborted) throw new Error(reason)
  await Promise.race([session.enquire(), new Promise(go => setTimeout(go, 1000).unref())])
  return close()
}

const stopped = (signal: AbortSignal): Promise<string> =>
  new Promise(done => {
    if (signal.aborted) done('stopped')
    signal.addEventListener('abort', () => done('stopped'), { once: true })
  })

interface Hearing {
  on: Listening<Settings>
  memory: Memory
  session: Session
  turn: Turn
}

type Turn = <T>(run: () => Promise<T>) => Promise<T>

/** One after the other: the cursor is written by one at a time. */
function inTurn(): Turn {
  let last: Promise<unknown> = Promise.resolve()
  return run => {
    const next = last.then(run)
    last = next.catch(() => {})
    return next
  }
}

interface Waiting {
  pdu: Pdu
  raw: Buffer
  answer(status: number): void
}

/** What comes while the last batch is being stored is stored together. */
function earOf({ on, memory, session, turn }: Hearing): Ear {
  let waiting: Waiting[] = []
  let proof: NodeJS.Timeout | undefined
  const work = async () => {
    const batch = waiting
    waiting = []
    if (batch.length) await store(batch, on, memory)
    // The sooner it is proven that the centre read our answers, the surer are repetitions told from new words.
    if (!proof && memory.told().length) proof = setTimeout(prove, 1000).unref()
  }
  const prove = () => {
    proof = undefined
    void session.enquire()
  }
  return {
    take: (pdu, raw) =>
      new Promise(answer => {
        waiting.push({ pdu, raw, answer })
        void turn(work)
      }),
    enquiring() {
      const told = memory.told()
      return async () => {
        memory.proven(told)
        if (told.length) await turn(() => on.cursor.set(memory.kept())).catch(() => {})
      }
    },
  }
}

async function store(batch: readonly Waiting[], on: Listening<Settings>, memory: Memory): Promise<void> {
  const placed = batch.map(({ pdu, raw }) => ({ ...memory.place(pdu, raw) }))
  const written = placed.some(p => p.heard)
    ? await on.cursor.set(memory.kept()).then(
        () => true,
        () => false,
      )
    : true
  const settle = async (n: number): Promise<void> => {
    const { whole } = placed[n]!
    try {
      if (!written) throw new Error('the cursor was not written')
      if (whole) await on.deliver(requestOf(whole, on.io.settings))
      memory.stored(placed[n]!)
      batch[n]!.answer(0)
    } catch {
      memory.refused(placed[n]!)
      batch[n]!.answer(notNow)
    }
  }
  await Promise.all(batch.map((_, n) => settle(n)))
}

/** What a restart left complete, and what will not become complete. */
async function handOver(on: Listening<Settings>, memory: Memory): Promise<void> {
  const due = memory.due(patience)
  for (const whole of due) {
    await on.deliver(requestOf(whole, on.io.settings))
    memory.stored({ whole })
  }
  if (due.length) await on.cursor.set(memory.kept())
}

/** As `parse` reads it. What it means by the settings goes along, for `parse` knows none. */
export function requestOf(whole: Whole, { alphabet, messageIds }: Settings): RawRequest {
  const body = Buffer.from(JSON.stringify({ alphabet, messageIds, ...whole }))
  return { method: 'SMPP', query: {}, headers: { 'content-type': 'application/json' }, body: new Uint8Array(body) }
}
