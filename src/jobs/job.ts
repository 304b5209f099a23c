/** The words of the job queue: what a job is, what a task gets and what it may answer. */

/** Anything that runs SQL: a pool, a client inside a transaction, or the Database. */
export type Queries = { query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> }

export type Job = {
  /** Decimal digits; rises in the order of putting in. */
  id: string
  workspaceId: string
  key: string
  task: string
  payload: unknown
  /** Failures so far. */
  attempts: number
  /** Runs so far that did not end in success. */
  runs: number
}

export type TaskContext = {
  /** Aborted when the time limit passes, the lane is lost or the worker is stopped. The job's key waits until the task ends. */
  signal: AbortSignal
  /** 1 on the first run; counts every run. */
  attempt: number
  /**
   * Does this worker still own the job's lane? Handed a transaction, it also holds the lane until that transaction
   * ends, so that what it writes is fenced too. Rejects when the database does not answer.
   */
  stillOwned(q?: Queries): Promise<boolean>
}

/** Nothing: done. `retryAt`: run again then; the key waits, and this never counts as a failure. `dead`: give up, with the reason. */
export type TaskAnswer = undefined | { retryAt: Date } | { dead: string }

/** A thrown error is a failure: run again later, with growing pauses, until `maxAttempts`. May run twice after a crash. */
// biome-ignore lint/suspicious/noConfusingVoidType: a task that returns nothing has type Promise<void>
export type Task = (job: Job, context: TaskContext) => Promise<TaskAnswer | void>

/** A task with limits of its own. */
export type TaskLimits = { run: Task; timeoutMs?: number; maxAttempts?: number }

export type Log = { warn(details: object, text: string): void; error(details: object, text: string): void }

export const LANES = 64
