import fs from 'node:fs'
import { mkdir, open, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Memory, StoredFile, World } from './world.ts'

interface KeptFile {
  id: string
  mime: string
  name: string
}
interface KeptWorld extends Memory {
  files: KeptFile[]
}

/** What lay in `<dir>/sandbox.json`, by kind of world; empty on the first run. Throws when the file is damaged. */
export function remembered(dir: string): Record<string, KeptWorld> {
  const file = path.join(dir, 'sandbox.json')
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, KeptWorld>) : {}
}

/** Gives a world back the files its memory names. A file that is gone is left out. */
export function restoreFiles(world: World, dir: string, kept: KeptWorld | undefined): void {
  for (const file of kept?.files ?? []) {
    const place = placeOf(dir, world, file.id)
    if (fs.existsSync(place)) world.files.set(file.id, { ...file, bytes: fs.readFileSync(place) })
  }
}

/**
 * Writes the worlds to `<dir>/sandbox.json` after every change and their files beside it, so that a kill loses what
 * happened in the last few milliseconds at most. `flush` resolves when everything so far is on the disk.
 */
export function keepWorlds(worlds: World[], dir: string): { flush(): Promise<void>; stop(): Promise<void> } {
  const written = new Set<StoredFile>(worlds.flatMap(world => [...world.files.values()]))
  let wanted = false
  let writing: Promise<void> | undefined

  async function write() {
    while (wanted) {
      wanted = false
      await Promise.all(worlds.map(world => writeNewFiles(world, dir, written)))
      await replaceFile(path.join(dir, 'sandbox.json'), JSON.stringify(memories(worlds)))
    }
    writing = undefined
  }
  const touch = () => {
    wanted = true
    writing ??= new Promise<void>(done => setImmediate(() => done())).then(write)
  }
  const flush = async () => {
    touch()
    await writing
  }
  for (const world of worlds) {
    for (const what of changes) world.events.on(what, touch)
    world.kept = flush
  }
  return {
    flush,
    async stop() {
      for (const world of worlds) {
        for (const what of changes) world.events.off(what, touch)
        world.kept = async () => undefined
      }
      await flush()
    },
  }
}

const changes = ['bubble', 'person', 'profile', 'log'] as const

function memories(worlds: World[]): Record<string, KeptWorld> {
  const one = (world: World): KeptWorld => ({
    ...world.memory(),
    files: [...world.files.values()].map(({ id, mime, name }) => ({ id, mime, name })),
  })
  return Object.fromEntries(worlds.map(world => [world.wire.kind, one(world)]))
}

/** The id may be anything the wire makes up, so it is not used as a path as it is. */
const placeOf = (dir: string, world: World, id: string) =>
  path.join(dir, 'sandbox-files', `${world.wire.kind}-${Buffer.from(id).toString('hex').slice(0, 200)}`)

async function writeNewFiles(world: World, dir: string, written: Set<StoredFile>): Promise<void> {
  for (const file of world.files.values()) {
    if (written.has(file)) continue
    written.add(file)
    await mkdir(path.join(dir, 'sandbox-files'), { recursive: true })
    await writeFile(placeOf(dir, world, file.id), file.bytes)
  }
}

/** Whole or not at all: written beside, made durable, then renamed over the old one. */
async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.new`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}
