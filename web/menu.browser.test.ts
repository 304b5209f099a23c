import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { after, test } from 'node:test'
import Fastify from 'fastify'
import type { Page } from 'playwright-core'
import { menu as menuOfLine } from '../sandbox/line/menu.ts'
import { lineWire } from '../sandbox/line.ts'
import { firstPeople } from '../sandbox/people.ts'
import { registerSandbox } from '../sandbox/routes.ts'
import { createWorld } from '../sandbox/world.ts'
import type { Conversation } from '../src/api/shapes.ts'
import { openBrowser } from '../test/browser.ts'
import { startParley } from '../test/harness/server.ts'
import { until } from '../test/harness/until.ts'
import { connectWorld } from '../test/harness/worlds.ts'

/** An owner makes a rich menu, a customer presses it, in a real browser against the real server and simulated LINE. */

const root = path.resolve(import.meta.dirname, '..')
execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'bin/build.ts'], { cwd: root })
const browser = await openBrowser()
after(() => browser.close())
const server = await startParley()
const world = createWorld(lineWire, { name: 'Rowan & Rye', people: firstPeople('line', () => 0.5), haste: 1000 })
const app = Fastify({ forceCloseConnections: true, bodyLimit: 30_000_000 })
await registerSandbox(app, { worlds: [world], origin: '', shop: '/nowhere' })
await app.listen({ host: '127.0.0.1', port: 0 })
const phones = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/sandbox/`
world.baseUrl = `${phones}providers/line`
after(async () => {
  world.close()
  await app.close()
})
const channel = await connectWorld(server.api, world)
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })

async function signedIn(): Promise<Page> {
  const { link } = await server.api<{ link: string }>('POST', '/agents', {
    name: 'Aino',
    email: 'aino@rye.example',
    role: 'admin',
  })
  const page = await context.newPage()
  await page.goto(link)
  await page.getByLabel('Password').fill('rye bread and butter')
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.waitForURL(url => !url.href.includes(link))
  await page.getByRole('link', { name: 'Settings' }).first().waitFor()
  return page
}

const shown = () => menuOfLine(world)
const labels = () => shown()?.entries.map(({ label }) => label)

test('a rich menu is made on the screen, pressed on the phone, and what it says is in the inbox', async () => {
  const page = await signedIn()
  await page.goto(`${server.url}/settings/messengers/${channel}`)
  const editor = page.getByRole('group', { name: 'Rich menu', exact: true })
  for (const label of ['Shop', '営業時間', 'Person']) {
    await editor.getByRole('button', { name: 'Add entry' }).click()
    await editor
      .getByLabel(/label$/)
      .last()
      .fill(label)
  }
  await editor.getByLabel('Entry 1: what happens').selectOption('opens')
  await editor.getByLabel('Entry 1: address').fill('rowan.example')
  await editor.getByText('Entry 1: the address must begin with https://').waitFor()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  assert.equal(shown(), undefined, 'nothing is saved while something is wrong')
  await editor.getByLabel('Entry 1: address').fill('https://rowan.example/shop')
  await editor.getByLabel('Entry 2: what the customer says').fill('営業時間は？')
  await editor.getByLabel('Entry 2: label').press('Alt+ArrowUp')
  await editor.getByLabel('Entry 1: label').and(editor.locator(':focus')).waitFor()
  await editor.getByRole('button', { name: 'blue' }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await until('the menu stands at LINE', () => labels()?.length === 3)
  assert.deepEqual(labels(), ['営業時間', 'Shop', 'Person'])

  const phone = await context.newPage()
  await phone.goto(phones)
  await phone.getByRole('button', { name: 'Menu ▴' }).click()
  assert.equal(await phone.getByRole('link', { name: 'Shop' }).getAttribute('href'), 'https://rowan.example/shop')
  await phone.getByRole('button', { name: '営業時間', exact: true }).click()
  const found = await until('it is in the inbox', async () => {
    const { items } = await server.api<{ items: Conversation[] }>('GET', '/conversations?view=all')
    return items.find(c => c.channelId === channel)
  })
  await page.goto(`${server.url}/inbox/${found.id}`)
  await page.getByText('営業時間は？').last().waitFor()
})

test('saved or checked again without a change it is the same menu, and without entries it is gone', async () => {
  const page = await context.newPage()
  await page.goto(`${server.url}/settings/messengers/${channel}`)
  const before = shown()!.picture!.file
  await page.getByRole('button', { name: 'Check and register' }).click()
  await page.getByText('Registered at the messenger').waitFor()
  assert.equal(shown()!.picture!.file, before)
  const editor = page.getByRole('group', { name: 'Rich menu', exact: true })
  for (const n of [3, 2, 1]) await editor.getByRole('button', { name: `Remove entry ${n}` }).click()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await until('nobody sees the menu, and LINE no longer keeps it', () => {
    return shown() === undefined && (world.profile.richMenus as unknown[]).length === 0
  })
})
