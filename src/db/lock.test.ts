import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { FolderInUse, lockFolder } from './lock.ts'

function folder(t: TestContext): string {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-lock-'))
  t.after(() => fs.rmSync(made, { recursive: true }))
  return made
}

test('the second start is told who holds the folder and where it answers', t => {
  const dir = folder(t)
  const lock = lockFolder(dir, 'http://localhost:3000')
  const second = () => lockFolder(dir, 'http://localhost:4000')
  assert.throws(second, (error: Error) => {
    assert.ok(error instanceof FolderInUse)
    assert.match(error.message, new RegExp(`already runs on ${dir}: process ${process.pid}, http://localhost:3000`))
    return true
  })
  lock.release()
  second().release()
  assert.deepEqual(fs.readdirSync(dir), [])
})

test('the lock of a killed process does not hinder, nor one whose number another process has now', t => {
  const dir = folder(t)
  const file = path.join(dir, 'parley.lock')
  const left = [
    { pid: 2147483647, started: '1', address: 'gone' },
    { pid: process.pid, started: 'long ago', address: 'another process had this number' },
  ]
  for (const text of [...left.map(holder => JSON.stringify(holder)), '', '{"pid":']) {
    fs.writeFileSync(file, text)
    lockFolder(dir, 'http://localhost:3000').release()
  }
})

test('of many processes after a stale lock exactly one gets the folder', async t => {
  const dir = folder(t)
  fs.writeFileSync(path.join(dir, 'parley.lock'), '{"pid":2147483647,"started":"1","address":"gone"}')
  const program = `const { lockFolder } = await import('${path.join(import.meta.dirname, 'lock.ts')}')
    try { lockFolder('${dir}', 'x'); console.log('got it') } catch { console.log('refused') }
    await new Promise(end => process.stdin.on('data', () => {}).on('end', end))`
  const many = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  const said = await Promise.all(many.map(async child => String((await once(child.stdout, 'data'))[0]).trim()))
  for (const child of many) child.stdin.end()
  await Promise.all(many.map(child => child.exitCode === null && once(child, 'exit')))
  assert.deepEqual(said.sort(), ['got it', ...Array(5).fill('refused')])
})
