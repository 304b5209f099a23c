import fs from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { startOf } from './process.ts'

/** Who holds a folder. `started` tells a process from a later one with the same id. */
export type Holder = z.infer<typeof holderSchema>

/** Thrown when another living process holds the folder; the text is meant for the operator. */
export class FolderInUse extends Error {
  override name = 'FolderInUse'
  readonly holder: Holder
  constructor(folder: string, holder: Holder) {
    super(
      `Parley already runs on ${folder}: process ${holder.pid}, ${holder.address}. ` +
        'Stop it first, or give this one another PARLEY_DATA and PORT.',
    )
    this.holder = holder
  }
}

/** A folder taken; `release` gives it back. A process killed without releasing does not hinder the next one. */
export type FolderLock = { release(): void }

/**
 * Takes a folder for this process by `<folder>/parley.lock`.
 * @param address shown to whoever comes second.
 * @throws FolderInUse when a living process holds it.
 */
export function lockFolder(folder: string, address: string): FolderLock {
  fs.mkdirSync(folder, { recursive: true })
  const file = path.join(folder, 'parley.lock')
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid), address })
  while (!claim(file, mine)) {
    const text = readIfThere(file)
    const holder = parseHolder(text)
    if (holder && startOf(holder.pid) === holder.started) throw new FolderInUse(folder, holder)
    discard(file, text)
  }
  return { release: () => discard(file, mine) }
}

const holderSchema = z.object({ pid: z.number().int().positive(), started: z.string(), address: z.string() })

/** Writes the whole file under its name at once, or not at all: link(2) fails when the name is taken. */
function claim(file: string, text: string): boolean {
  const draft = `${file}.${process.pid}`
  fs.writeFileSync(draft, text)
  try {
    fs.linkSync(draft, file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    fs.rmSync(draft)
  }
}

/** Removes the lock if it still says `text`; one that another process took meanwhile is put back. */
function discard(file: string, text: string): void {
  const aside = `${file}.${process.pid}.old`
  try {
    fs.renameSync(file, aside)
  } catch {
    return
  }
  if (readIfThere(aside) !== text) claim(file, readIfThere(aside))
  fs.rmSync(aside, { force: true })
}

function readIfThere(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
