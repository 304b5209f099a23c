import { Refused } from './problem.ts'

interface Bucket {
  left: number
  at: number
}

/** So many at once, and so many again per minute. */
export interface Allowance {
  burst: number
  perMinute: number
}

/**
 * Token buckets in memory, by key. Buckets that are full again are forgotten, so memory follows the traffic of the
 * last minutes. `spend` throws `Refused` 429 when a bucket is empty.
 */
export function createLimits(now: () => Date) {
  const buckets = new Map<string, Bucket>()
  let sweepAt = 0
  return {
    spend(key: string, allowance: Allowance): void {
      const time = now().getTime()
      if (time >= sweepAt) {
        sweepAt = time + 60_000
        for (const [old, bucket] of buckets) if (time - bucket.at > 600_000) buckets.delete(old)
      }
      const bucket = buckets.get(key) ?? { left: allowance.burst, at: time }
      bucket.left = Math.min(allowance.burst, bucket.left + ((time - bucket.at) / 60_000) * allowance.perMinute)
      bucket.at = time
      buckets.set(key, bucket)
      if (bucket.left < 1)
        throw new Refused(429, 'Too much at once. Wait a little.', ((1 - bucket.left) / allowance.perMinute) * 60)
      bucket.left -= 1
    },
  }
}
export type Limits = ReturnType<typeof createLimits>
