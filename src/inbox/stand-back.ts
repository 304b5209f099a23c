import { setTimeout as delay } from 'node:timers/promises'

const stepMs = 20
const mostMs = 8000
/** A pause of the crowd that is shorter belongs to it. */
const calmMs = 1000

interface Time {
  now(): number
  pause(ms: number): Promise<unknown>
}
const real: Time = { now: () => performance.now(), pause: ms => delay(ms) }

/**
 * While the door is crowded ingestion stands back: what a provider pours out in one go is stored first and shown a moment
 * later. It does so for eight seconds of a crowd; one that stays for longer is the normal state of things, and both share
 * the machine. What was used up is regained by as long a calm.
 */
export function standBack(crowded: () => boolean, time: Time = real) {
  let left = mostMs
  let crowdAt = Number.NEGATIVE_INFINITY

  function standsBack(): boolean {
    if (!crowded()) return false
    const now = time.now()
    if (now - crowdAt > calmMs) left = Math.min(mostMs, left + now - crowdAt)
    crowdAt = now
    return left > 0
  }

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
  }
}
