import type { HeldJob } from './held.ts'
import type { Job, Queries, Task, TaskLimits } from './job.ts'
import type { Outcome } from './store.ts'

/** Time and chance, handed in. */
export type Chance = { now: () => Date; random: () => number }

export type RunOptions = Chance & {
  limits: Required<TaskLimits>
  /** Told how to abort the task, and told again when that is over. */
  aborts: Set<() => void>
  stillOwned: (q?: Queries) => Promise<boolean>
}

/** Runs one job to its end. Never rejects: an error becomes a pause or, after the last attempt, death. */
export async function runJob(job: HeldJob, options: RunOptions): Promise<Outcome> {
  const { limits, aborts, stillOwned } = options
  const cancel = new AbortController()
  const abort = () => cancel.abort(interrupted)
  const late = setTimeout(() => cancel.abort(new Error(`No end within ${limits.timeoutMs} ms.`)), limits.timeoutMs)
  aborts.add(abort)
  try {
    const answer = await limits.run(job, { signal: cancel.signal, attempt: job.runs + 1, stillOwned })
    if (!answer) return { kind: 'done' }
    if ('dead' in answer) return { kind: 'dead', error: short(answer.dead) }
    if (Number.isNaN(answer.retryAt.getTime())) throw new Error('retryAt is not a date.')
    return { kind: 'waits', runAt: answer.retryAt, attempts: job.attempts, runs: job.runs + 1, error: null }
  } catch (error) {
    // Not the job's fault, so it costs no attempt.
    if (cancel.signal.reason === interrupted) return waitsAsBefore(job, options.now())
    return failed(job, cancel.signal.aborted ? cancel.signal.reason : error, options)
  } finally {
    clearTimeout(late)
    aborts.delete(abort)
  }
}

/** The job waits until then; this run does not count. */
export function waitsAsBefore({ attempts, runs }: Job, runAt: Date): Outcome {
  return { kind: 'waits', runAt, attempts, runs, error: null }
}

const interrupted = new Error('The worker stopped or lost the lane of this job.')

/** A pause between 0 and 1 s doubled per earlier failure, at most 10 min: jobs that failed together do not return together. */
export function pauseAfter(failures: number, random: () => number): number {
  return random() * Math.min(600_000, 1000 * 2 ** (failures - 1))
}

/** The task's own limits, or 30 s and 25 attempts. A task that is not known here fails: a newer worker may know it. */
export function limitsOf(task: Task | TaskLimits | undefined): Required<TaskLimits> {
  const given = typeof task === 'function' ? { run: task } : (task ?? { run: unknownTask })
  return { run: given.run, timeoutMs: given.timeoutMs ?? 30_000, maxAttempts: given.maxAttempts ?? 25 }
}

function failed(job: Job, error: unknown, { limits, now, random }: RunOptions): Outcome {
  const attempts = job.attempts + 1
  const text = short(error instanceof Error ? error.message : String(error))
  if (attempts >= limits.maxAttempts) return { kind: 'dead', error: text }
  const runAt = new Date(now().getTime() + pauseAfter(attempts, random))
  return { kind: 'waits', runAt, attempts, runs: job.runs + 1, error: text }
}

/** PostgreSQL's text holds no NUL, and an error that cannot be written would hold up all others. */
const short = (text: string): string => text.replaceAll('\0', '').slice(0, 500)

async function unknownTask(job: Job): Promise<void> {
  throw new Error(`No task is called ${job.task}.`)
}
