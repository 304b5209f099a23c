// Lays the ground for another messenger: a channel that sends and receives text, its simulator and their tests,
// copied from bin/channel-template. They pass every check from the first minute on; then make them true.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')
const template = path.join(import.meta.dirname, 'channel-template')

try {
  create(process.argv[2] ?? '')
} catch (error) {
  console.error(`parley: ${(error as Error).message}`)
  process.exitCode = 1
}

function create(kind: string): void {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(kind) || kind.length > 30)
    throw new Error('usage: bin/new-channel <kind>, the kind in lower-case letters, digits and hyphens: sms-gateway')
  if (fs.existsSync(path.join(root, 'src/channels', kind))) throw new Error(`there is a channel ${kind} already`)
  const written = filesIn(template).map(file => copy(file, namesOf(kind)))
  written.push(list(namesOf(kind)))
  tidy(written)
  tell(written, kind)
}

interface Names {
  kind: string
  /** `smsGateway`, as the code calls it. */
  variable: string
  /** `Sms Gateway`: a beginning, for the messenger's own spelling. */
  title: string
}

function namesOf(kind: string): Names {
  const words = kind.split('-')
  const big = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1)
  return { kind, variable: words[0] + words.slice(1).map(big).join(''), title: words.map(big).join(' ') }
}

function filesIn(folder: string): string[] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter(name => fs.statSync(path.join(folder, name)).isFile())
}

function copy(file: string, names: Names): string {
  const named = (text: string) =>
    text
      .replaceAll('newchannel', names.kind)
      .replaceAll('newChannel', names.variable)
      .replaceAll('New Channel', names.title)
  const place = named(file)
  fs.mkdirSync(path.dirname(path.join(root, place)), { recursive: true })
  fs.writeFileSync(path.join(root, place), named(fs.readFileSync(path.join(template, file), 'utf8')), { flag: 'wx' })
  return place
}

/** Adds the channel to the explicit list of all channels. */
function list({ kind, variable }: Names): string {
  const place = 'src/channels/index.ts'
  const text = fs.readFileSync(path.join(root, place), 'utf8')
  const listed = text
    .replace(/(?=import (?!type))/, `import { ${variable} } from './${kind}/index.ts'\n`)
    .replace(/(adapters[^=]*= \[)([^\]]*?),?\s*\]/, `$1$2, ${variable}]`)
  if (!listed.includes(`, ${variable}]`)) throw new Error(`${place} has no list "adapters = [...]" to add ${kind} to`)
  fs.writeFileSync(path.join(root, place), listed)
  return place
}

/** Names have their lengths and their order: formats lines and sorts imports anew. */
function tidy(files: string[]): void {
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome')
  const { status, stderr } = spawnSync(process.execPath, [biome, 'check', '--write', ...files], { cwd: root })
  if (status !== 0) throw new Error(`biome is not content:\n${stderr}`)
}

function tell(written: string[], kind: string): void {
  console.log(written.join('\n'))
  console.log(`
Next:
  1. src/channels/${kind}/fixtures: one real request for every kind of event, with its signature.
  2. bin/test src/channels/conformance.test.ts, and make parse, verify and send true until it is content.
  3. sandbox/${kind}.ts: speak the provider's own protocol, with its limits and errors.
  4. The README of the channel, and bin/channels-doc for docs/channels.md.`)
}
