import { spawnSync } from 'node:child_process'
import fs from 'node:fs'

/**
 * Whether a process runs. A zombie counts as gone: in a container whose first process reaps no strangers,
 * an adopted server that was killed stays one for ever.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  return !/^[ZX]/.test(statFields(pid)[0] ?? '')
}

/** A text that differs between two processes that had the same id one after the other; '' when it is gone. */
export function startOf(pid: number): string {
  if (!isAlive(pid)) return ''
  if (process.platform === 'linux') return statFields(pid)[19] ?? ''
  return ask('ps', '-o', 'lstart=', '-p', String(pid))
}

/** The command line of a process, its words joined by blanks; '' when it is gone or not ours to see. */
export function commandOf(pid: number): string {
  if (process.platform !== 'linux') return ask('ps', '-ww', '-o', 'command=', '-p', String(pid))
  return read(`/proc/${pid}/cmdline`).split('\0').join(' ').trim()
}

/** Whether the program file of a process was removed or replaced under it, as a reinstall does. */
export function runsDeletedFile(pid: number): boolean {
  try {
    return fs.readlinkSync(`/proc/${pid}/exe`).endsWith(' (deleted)')
  } catch {
    return false
  }
}

/** Fields of /proc/pid/stat from the state on (proc(5): field 3); the name before it may hold blanks and brackets. */
function statFields(pid: number): string[] {
  return process.platform === 'linux'
    ? read(`/proc/${pid}/stat`)
        .replace(/^.*\) /s, '')
        .split(' ')
    : []
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function ask(command: string, ...args: string[]): string {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout?.trim() ?? ''
}
