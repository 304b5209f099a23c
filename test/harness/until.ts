import { setTimeout as pause } from 'node:timers/promises'

/**
 * Asks until the answer is there (not undefined and not false) and returns it. After `patienceMs` it fails with `what`
 * and the last error, if there was one.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  patienceMs = 30_000,
): Promise<Exclude<T, undefined | false>> {
  const end = performance.now() + patienceMs
  let error: unknown
  for (let wait = 10; ; wait = Math.min(wait * 1.5, 200)) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>
      error = undefined
    } catch (thrown) {
      error = thrown
    }
    if (performance.now() > end) throw new Error(`Not within ${patienceMs} ms: ${what}`, { cause: error })
    await pause(wait)
  }
}
