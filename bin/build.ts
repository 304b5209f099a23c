// Builds the web pages into dist/, unless what they are made of is unchanged since the last time.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { build } from 'vite'

const root = path.resolve(import.meta.dirname, '..')
const dist = path.join(root, 'dist')
const stamp = path.join(dist, 'stamp')
const pages = [
  { config: 'web/vite.config.ts', name: 'web' },
  { config: 'widget/vite.config.ts', name: 'widget' },
  { config: 'sandbox/page/vite.config.ts', name: 'sandbox' },
].filter(page => fs.existsSync(path.join(root, page.config)))

try {
  await buildIfChanged()
} catch (error) {
  console.error(`parley: Building the web pages failed. ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

async function buildIfChanged(): Promise<void> {
  const wanted = fingerprint()
  const isBuilt = pages.every(page => fs.existsSync(path.join(dist, page.name)))
  if (isBuilt && fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return
  if (pages.length > 0) console.error('parley: Building the web pages.')
  await buildAll()
  fs.writeFileSync(stamp, wanted)
}

/** Built aside and then moved into place, so that neither a running server nor a second build sees a half of it. */
async function buildAll(): Promise<void> {
  fs.mkdirSync(dist, { recursive: true })
  const draft = fs.mkdtempSync(path.join(dist, '.build-'))
  try {
    for (const { config, name } of pages) {
      const configFile = path.join(root, config)
      const outDir = path.join(draft, name)
      await build({
        configFile,
        root: path.dirname(configFile),
        logLevel: 'warn',
        build: { outDir, emptyOutDir: true },
      })
    }
    for (const { name } of pages) replace(path.join(dist, name), path.join(draft, name))
  } finally {
    fs.rmSync(draft, { recursive: true, force: true })
  }
}

function replace(place: string, fresh: string): void {
  for (let n = 0; fs.existsSync(fresh); n++) {
    try {
      fs.renameSync(place, `${fresh}.old${n}`)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error // the first build, or another one took it away just now
    }
    try {
      fs.renameSync(fresh, place)
    } catch (error) {
      if (codeOf(error) !== 'ENOTEMPTY') throw error // another build has put its own there just now
    }
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** One hash over everything the pages are made of. */
function fingerprint(): string {
  const hash = createHash('sha256').update(fs.readFileSync(path.join(root, 'package-lock.json')))
  for (const file of ['web', 'widget', 'sandbox', 'src/domain'].flatMap(sourcesIn).sort())
    hash.update(`\0${file}\0`).update(fs.readFileSync(path.join(root, file)))
  return hash.digest('hex')
}

function sourcesIn(folder: string): string[] {
  const whole = path.join(root, folder)
  if (!fs.existsSync(whole)) return []
  const isSource = (name: string) => !/(\.test\.tsx?|\.md)$/.test(name)
  return fs
    .readdirSync(whole, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && isSource(entry.name))
    .map(entry => path.relative(root, path.join(entry.parentPath, entry.name)))
}
