import { setTimeout as delay } from 'node:timers/promises'

const stepMs = 20
const mostMs = 8000

interface Time {
  now(): number
  pause(ms: number): Promise<unknown>
}
const real: Time = { now: () => performance.now(), pause: ms => delay(ms) }

/**
 * While the door is crowded ingestion stands back: what a provider pours out in one go is stored first and shown a moment
 * later. It does so for eight seconds in all until it has caught up; a crowd that stays for longer is the normal state
 * of things, and both share the machine.
 */
export function standBack(crowded: () => boolean, time: Time = real) {
  let left = mostMs
  const standsBack = () => left > 0 && crowded()
  return {
    standsBack,
    /** Until the crowd is gone or has lasted too long. */
    async standBack(stopped: () => boolean): Promise<void> {
      while (standsBack() && !stopped()) {
        const began = time.now()
        await time.pause(stepMs)
        left -= time.now() - began
      }
    },
    /** Nothing waits any more. */
    rested(): void {
      left = mostMs
    },
  }
}
