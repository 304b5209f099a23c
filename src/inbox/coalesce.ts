/**
 * Many callers, one commit: what arrives while a write is on its way goes together with the next one.
 * Durability then costs one fsync per batch, not per call. Order of arrival is kept.
 */
export function coalesce<In, Out>(
  write: (batch: In[]) => Promise<Out[]>,
  limits: {
    count: number
    weigh(item: In): number
    weight: number
    /** Is it no item's fault (an outage)? Then all fail at once, rather than each by itself again. */
    blameless?(error: unknown): boolean
  },
) {
  interface Waiting {
    item: In
    done(out: Out): void
    failed(error: unknown): void
  }
  const waiting: Waiting[] = []
  let writing = false
  let open = 0

  function take(): Waiting[] {
    let weight = 0
    let n = 0
    while (n < waiting.length && n < limits.count) {
      weight += limits.weigh(waiting[n]!.item)
      if (n && weight > limits.weight) break
      n++
    }
    return n === waiting.length ? waiting.splice(0) : waiting.splice(0, n)
  }

  async function run(): Promise<void> {
    while (waiting.length) {
      const batch = take()
      try {
        const outs = await write(batch.map(w => w.item))
        open -= batch.length
        batch.forEach((w, i) => {
          w.done(outs[i]!)
        })
      } catch (error) {
        if (batch.length > 1 && !limits.blameless?.(error)) await oneByOne(batch)
        else {
          open -= batch.length
          for (const w of batch) w.failed(error)
        }
      }
    }
    writing = false
  }

  /** One bad item must not fail its neighbours. */
  async function oneByOne(batch: Waiting[]): Promise<void> {
    for (const w of batch) {
      await write([w.item]).then(([out]) => w.done(out!), w.failed)
      open--
    }
  }

  return {
    add(item: In): Promise<Out> {
      return new Promise((done, failed) => {
        open++
        waiting.push({ item, done, failed })
        if (writing) return
        writing = true
        setImmediate(() => void run())
      })
    },
    /** Callers that have no answer yet. */
    open: () => open,
  }
}
