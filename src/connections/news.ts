import type { Parley } from '../parley.ts'

interface Ear {
  /** What was heard while nobody listened: the newest word is enough. */
  word?: string | undefined
  wake?: (() => void) | undefined
}
const inProcess = new WeakMap<Parley['db'], Map<string, Ear>>()

/** Some networks call only to say that there is news: the channel's listener fetches it. */
export function tellNews(on: Pick<Parley, 'db'>, channelId: string, word: string): void {
  const ear = earOf(on, channelId)
  ear.word = word
  ear.wake?.()
}

/**
 * The word that came in with the news; undefined after so long without any. A call that another process took is not
 * heard here, so the listener looks by itself from time to time.
 */
export async function newsOf(
  on: Pick<Parley, 'db'>,
  channelId: string,
  { ms, signal }: { ms: number; signal: AbortSignal },
): Promise<string | undefined> {
  const ear = earOf(on, channelId)
  if (ear.word === undefined && !signal.aborted) await waiting(ear, ms, signal)
  const { word } = ear
  ear.word = undefined
  return word
}

function waiting(ear: Ear, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(done => {
    const wake = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      ear.wake = undefined
      done()
    }
    const timer = setTimeout(wake, ms)
    signal.addEventListener('abort', wake)
    ear.wake = wake
  })
}

function earOf({ db }: Pick<Parley, 'db'>, channelId: string): Ear {
  const ears = inProcess.get(db) ?? new Map<string, Ear>()
  inProcess.set(db, ears)
  const ear = ears.get(channelId) ?? {}
  ears.set(channelId, ear)
  return ear
}
