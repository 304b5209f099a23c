import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'

const root = path.resolve(import.meta.dirname, '../..')
const copied = [
  'bin',
  'src/channels',
  'src/domain',
  'sandbox',
  'test/channels',
  'biome.json',
  'tsconfig.json',
  'package.json',
]
const kind = 'carrier-pigeon'
const made = [`src/channels/${kind}`, `sandbox/${kind}.ts`, `test/channels/${kind}-simulator.test.ts`]
let copy: string

before(() => {
  copy = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-new-channel-'))
  for (const name of [...copied, '.gitignore'])
    fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true })
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'))
})
after(() => fs.rmSync(copy, { recursive: true, force: true }))

function run(...args: string[]) {
  // A child of a test run would otherwise report to its parent in the runner's own tongue.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, env, encoding: 'utf8' })
  return { status, said: stdout + stderr }
}
const runTests = (...args: string[]) =>
  run('--disable-warning=ExperimentalWarning', '--test', '--test-reporter=tap', ...args)

test('a new channel is written with its simulator and its tests, and listed', () => {
  const { status, said } = run('bin/new-channel.ts', kind)
  assert.equal(status, 0, said)
  for (const place of made) assert.ok(fs.existsSync(path.join(copy, place)), place)
  const index = fs.readFileSync(path.join(copy, 'src/channels/index.ts'), 'utf8')
  assert.match(index, /import \{ carrierPigeon \} from '\.\/carrier-pigeon\/index\.ts'/)
  assert.match(index, /adapters[^=]*= \[[^\]]*\bcarrierPigeon\b/)
})

test('it passes the style and the compiler', () => {
  const style = run('node_modules/@biomejs/biome/bin/biome', 'check', ...made, 'src/channels/index.ts')
  assert.equal(style.status, 0, style.said)
  const config = { extends: './tsconfig.json', include: made }
  fs.writeFileSync(path.join(copy, 'tsconfig.new.json'), JSON.stringify(config))
  const types = run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.new.json')
  assert.equal(types.status, 0, types.said)
})

test('it passes the suite that every channel passes', () => {
  const { status, said } = runTests(`--test-name-pattern=^${kind} `, 'src/channels/conformance.test.ts')
  assert.equal(status, 0, said)
  const passed = Number(/^# pass (\d+)$/m.exec(said)?.[1])
  assert.ok(passed > 15, `only ${passed} tests ran`)
})

test('its own tests and those against its simulator pass', () => {
  const { status, said } = runTests(`src/channels/${kind}/${kind}.test.ts`, `test/channels/${kind}-simulator.test.ts`)
  assert.equal(status, 0, said)
  assert.match(said, /^# pass 6$/m)
})

test('an existing channel is left alone, and a name that is none is refused', () => {
  const again = run('bin/new-channel.ts', kind)
  assert.equal(again.status, 1)
  assert.match(again.said, /there is a channel carrier-pigeon already/)
  for (const name of ['', '../x', 'Upper', '9lives', 'a--b'])
    assert.equal(run('bin/new-channel.ts', name).status, 1, name)
})
