import type { Log, Queries } from './job.ts'
import type { Bell } from './state.ts'
import { nap, ring } from './state.ts'

export type Repeating = {
  /** One name, one rhythm: all workers that use the name must use the same interval. */
  name: string
  /** Ticks are the multiples of this since 1970, so that all workers mean the same ones. */
  intervalMs: number
  /** Work that must not be lost to a crash belongs into a job that this puts in. */
  run: () => Promise<void>
}

export type EveryOptions = { db: Queries; now: () => Date; log: Log; owner: string }

/**
 * Runs something once per interval, in only one of all workers, beginning with the present tick if nobody took it yet.
 * Ticks that pass while nobody is there, or while `run` still runs, are left out. An error is logged, and the next tick comes.
 */
export function every(options: EveryOptions, repeating: Repeating): { stop(): Promise<void> } {
  const bell: Bell = { rung: false, rouse: () => {} }
  const state = { stopped: false }
  const loop = tick()
  async function tick(): Promise<void> {
    while (!state.stopped) {
      await runTick(options, repeating).catch(error =>
        options.log.warn({ name: repeating.name, why: String(error) }, 'A repeating task failed.'),
      )
      await nap(bell, repeating.intervalMs - (options.now().getTime() % repeating.intervalMs))
    }
  }
  return {
    stop: () => {
      state.stopped = true
      ring(bell)
      return loop
    },
  }
}

/** Takes the present tick and runs it, unless it is taken. Resolves to whether it was run here. */
export async function runTick(
  { db, now, owner }: EveryOptions,
  { name, intervalMs, run }: Repeating,
): Promise<boolean> {
  const tick = Math.floor(now().getTime() / intervalMs)
  const { rows } = await db.query(
    `with old as (delete from job_ticks where name = $1 and tick < $2)
     insert into job_ticks (name, tick, owner) values ($1, $2, $3) on conflict (name, tick) do nothing returning tick`,
    [name, tick, owner],
  )
  if (rows.length > 0) await run()
  return rows.length > 0
}
