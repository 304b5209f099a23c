import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Browser, chromium as playwright } from 'playwright-core'

const folder = path.join(import.meta.dirname, '../node_modules/.cache/chromium')
const ready = path.join(folder, 'ready')
const lock = path.join(folder, 'lock')
/** Whoever unpacks takes some seconds; after that long they were killed. */
const lockMs = 120_000

/** The Chromium that npm brings. */
export async function openBrowser(): Promise<Browser> {
  fs.mkdirSync(folder, { recursive: true })
  while (!fs.existsSync(ready)) if (!(await unpack())) await delay(100)
  return playwright.launch({ executablePath: path.join(folder, 'chromium'), args: ['--no-sandbox'] })
}

/**
 * The package unpacks into the temporary folder, which other users and other files of tests share: a browser that
 * somebody else is still writing, or owns, cannot be started. So one unpacks into a place of this checkout, the others wait.
 */
async function unpack(): Promise<boolean> {
  if (!mine()) return false
  const { TMPDIR } = process.env
  process.env.TMPDIR = folder
  try {
    fs.rmSync(path.join(folder, 'chromium'), { force: true })
    const { default: chromium } = await import('@sparticuz/chromium')
    await chromium.executablePath()
    fs.writeFileSync(ready, '')
    return true
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
    fs.rmSync(lock, { force: true })
  }
}

function mine(): boolean {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    const since = fs.statSync(lock, { throwIfNoEntry: false })?.mtimeMs
    if (since && Date.now() - since > lockMs) fs.rmSync(lock, { force: true })
    return false
  }
}
