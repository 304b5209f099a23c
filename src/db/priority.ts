import os from 'node:os'
import type { Database, Target } from './connect.ts'

/** In steps of `nice`: who has it gets a tenth of what others get, and all that they leave. */
const lower = 10

/**
 * The calling thread, and the servers of its connections to our own PostgreSQL, let everything else on the machine go
 * first. Only on Linux: elsewhere a thread has no priority of its own. Where the kernel shares the processors among sessions
 * (`kernel.sched_autogroup_enabled`, on most machines, but not in containers) each server is a session of its own, and only
 * the thread's priority counts.
 */
export function goLast(db: Database, target: Target): void {
  if (process.platform !== 'linux') return
  os.setPriority(lower)
  // A server that somebody else runs is not ours to slow down, and may be on another machine.
  if (typeof target === 'string') return
  db.pool.on('connect', client => {
    const { processID } = client as { processID?: number }
    if (processID) slowDown(processID)
  })
}

function slowDown(pid: number): void {
  try {
    os.setPriority(pid, lower)
  } catch {
    // Not allowed, or gone already: it works as well, only not last.
  }
}
