import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import chromium from '@sparticuz/chromium'
import Fastify from 'fastify'
import { type Browser, type Locator, type Page, chromium as playwright } from 'playwright-core'
import { build } from 'vite'
import { customers, shopName } from '../people.ts'
import { createReceiver } from '../receiver.ts'
import { registerSandbox } from '../routes.ts'
import { telegramWire } from '../telegram.ts'
import { viberWire } from '../viber.ts'
import { whatsappWire } from '../whatsapp/index.ts'
import type { Bubble } from '../wire.ts'
import { createWorld } from '../world.ts'

const outDir = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-phones-'))
let browser: Browser

before(async () => {
  const configFile = path.join(import.meta.dirname, 'vite.config.ts')
  await build({ configFile, logLevel: 'warn', build: { outDir, emptyOutDir: true } })
  browser = await playwright.launch({ executablePath: await chromium.executablePath(), args: ['--no-sandbox'] })
})

after(async () => {
  await browser?.close()
  fs.rmSync(outDir, { recursive: true, force: true })
})

type Kind = keyof typeof customers

async function table(t: { after(run: () => Promise<void>): void }, viewport = { width: 1440, height: 900 }) {
  const worlds = [whatsappWire, telegramWire, viberWire].map(wire => {
    const person = { ...customers[wire.kind as Kind], blocked: false }
    return createWorld(wire, { name: shopName, people: [person], haste: 1000 })
  })
  const app = Fastify()
  const business = await createReceiver()
  await registerSandbox(app, { worlds, origin: 'http://sandbox.test', page: outDir, shop: '/nowhere' })
  for (const world of worlds) world.webhookUrl = business.url
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const page = await browser.newPage({ viewport })
  const broken: string[] = []
  page.on('pageerror', error => broken.push(error.message))
  t.after(async () => {
    await page.close()
    for (const world of worlds) world.close()
    await app.close()
    await business.close()
  })
  await page.goto(`${address}/sandbox/`)
  const world = (kind: Kind) => worlds.find(w => w.wire.kind === kind)!
  const phone = (kind: Kind) => page.locator(`[data-phone="${kind}:${customers[kind].id}"]`)
  await phone('whatsapp').waitFor()
  const says = (kind: Kind, bubble: Partial<Bubble> & { id: string }) =>
    world(kind).show({
      person: customers[kind].id,
      from: 'business',
      parts: [{ type: 'text', text: bubble.id }],
      at: Date.now(),
      ticks: 'delivered',
      reactions: [],
      ...bubble,
    })
  return { page, phone, world, business, says, broken }
}

async function write(phone: Locator, text: string): Promise<void> {
  await phone.getByRole('textbox').fill(text)
  await phone.getByRole('textbox').press('Enter')
}

async function choose(phone: Locator, text: string, item: string): Promise<void> {
  const bubble = phone.locator('.m', { hasText: text }).last()
  await bubble.hover()
  await bubble.getByRole('button', { name: 'What to do with it' }).click()
  await phone.getByRole('menuitem', { name: item, exact: true }).click()
}

const bodies = (business: { received: { body: string }[] }) => business.received.map(({ body }) => body).join('\n')

test('a visitor writes from every phone, and each message reaches the business', async t => {
  const { phone, business, broken } = await table(t)
  const words = { whatsapp: 'Hei from Katja', telegram: 'Привет от Дмитрия', viber: 'Terveisiä Päiviltä' }
  for (const [kind, text] of Object.entries(words)) {
    await write(phone(kind as Kind), text)
    await phone(kind as Kind)
      .locator('.m.me', { hasText: text })
      .waitFor()
  }
  await business.arrived(3)
  for (const text of Object.values(words)) assert.ok(bodies(business).includes(text))
  assert.deepEqual(broken, [])
})

test('everything behind the clip arrives: photo, document, voice, location, contact', async t => {
  const { phone, world } = await table(t)
  const katja = phone('whatsapp')
  let count = 0
  for (const name of ['Photo: cake', 'Document', 'Voice', 'Location', 'Contact']) {
    await katja.getByRole('button', { name: 'Attach' }).click()
    await katja.getByRole('button', { name, exact: true }).click()
    await katja.locator('.turn').nth(count++).waitFor()
  }
  const types = world('whatsapp').bubbles.map(bubble => bubble.parts[0]!.type)
  assert.deepEqual(types, ['image', 'file', 'voice', 'location', 'contact'])
  const loaded = await katja
    .locator('.pic img')
    .evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))
  assert.equal(loaded, 800)
})

test('buttons are pressed on every phone as its messenger draws them', async t => {
  const { phone, world, says, business } = await table(t)
  const choices = ['Rye', 'Wheat'].map(label => ({ id: label, label }))
  for (const kind of ['whatsapp', 'telegram', 'viber'] as const) {
    await write(phone(kind), 'Hello')
    await phone(kind).locator('.m.me').waitFor()
    says(kind, { id: '4711', parts: [{ type: 'choices', prompt: 'Which bread?', choices }] })
    await phone(kind).getByRole('button', { name: 'Rye' }).click()
  }
  await business.arrived(6)
  assert.equal(world('whatsapp').bubble('4711')!.pressed, 'Rye')
  assert.equal(await phone('viber').locator('.keys').count(), 0)
})

test('a list on WhatsApp opens, and the row chosen is said', async t => {
  const { phone, says } = await table(t)
  const choices = ['Rye', 'Wheat', 'Oat', 'Barley'].map(label => ({ id: label, label }))
  says('whatsapp', { id: 'list', parts: [{ type: 'choices', prompt: 'Which bread?', choices, button: 'Breads' }] })
  const katja = phone('whatsapp')
  await katja.getByRole('button', { name: 'Breads' }).click()
  await katja.getByRole('button', { name: 'Oat' }).click()
  await katja.locator('.m.me', { hasText: 'Oat' }).waitFor()
  assert.match((await katja.locator('.m.me .qt').textContent()) ?? '', /Which bread\?/)
})

test('a bubble is reacted to, quoted, edited and deleted', async t => {
  const { phone, world, says } = await table(t)
  const katja = phone('whatsapp')
  says('whatsapp', { id: 'b1', parts: [{ type: 'text', text: 'Ready at ten' }] })
  await choose(katja, 'Ready at ten', '👍')
  await katja.locator('.likes').waitFor()
  assert.deepEqual(world('whatsapp').bubble('b1')!.reactions, [{ emoji: '👍', from: 'customer' }])
  await choose(katja, 'Ready at ten', 'Quote')
  await write(katja, 'Thanks')
  await katja.locator('.m.me .qt', { hasText: 'Ready at ten' }).waitFor()
  await choose(katja, 'Thanks', 'Edit')
  await write(katja, 'Thank you')
  await katja.locator('.m.me', { hasText: 'edited' }).waitFor()
  await choose(katja, 'Thank you', 'Delete')
  await katja.getByText('This message was deleted').waitFor()
})

test('the phone in hand sees what arrives; the others do not', async t => {
  const { phone, world, says } = await table(t)
  await write(phone('whatsapp'), 'Hello')
  await phone('whatsapp').locator('.m.me').waitFor()
  const isRead = new Promise<void>(done =>
    world('whatsapp').events.on('bubble', (bubble: Bubble) => bubble.ticks === 'read' && done()),
  )
  says('viber', { id: 'unseen' })
  says('whatsapp', { id: 'seen' })
  await isRead
  assert.equal(world('whatsapp').bubble('seen')!.ticks, 'read')
  assert.equal(world('viber').bubble('unseen')!.ticks, 'delivered')
})

test('a fault ordered in the drawer holds for the phone it was ordered for', async t => {
  const { page, phone, world } = await table(t)
  await page.getByRole('tab', { name: 'Дмитрий' }).last().click()
  await page.getByRole('switch', { name: 'Deliver twice' }).click()
  await page.getByRole('switch', { name: 'Deliver twice', checked: true }).waitFor()
  await phone('telegram').getByText('1 fault on').waitFor()
  assert.equal(world('telegram').faults.duplicate, 1)
  assert.equal(world('whatsapp').faults.duplicate, 0)
  await page.getByRole('switch', { name: 'Customer blocked us' }).click()
  await phone('telegram').getByText('2 faults on').waitFor()
  assert.equal(world('telegram').people.get(customers.telegram.id)!.blocked, true)
})

test('the wire shows what passes, newest last', async t => {
  const { page, phone } = await table(t)
  await write(phone('whatsapp'), 'One')
  await page.locator('.log li', { hasText: /200 in \d+ ms/ }).waitFor()
})

test('a phone is added and comes into sight', async t => {
  const { page } = await table(t)
  await page.getByRole('button', { name: 'Add a phone' }).click()
  await page.getByRole('menuitem', { name: 'Viber' }).click()
  await page.locator('.slot').nth(3).waitFor()
  await page.getByText('Four customers').waitFor()
})

test('what a messenger does not do is said on the phone', async t => {
  const { phone } = await table(t)
  await write(phone('whatsapp'), 'Hello')
  await phone('whatsapp').locator('.m.me').waitFor()
  await phone('whatsapp').getByRole('button', { name: 'More' }).click()
  await phone('whatsapp').getByRole('menuitem', { name: 'Block the business' }).click()
  await phone('whatsapp').getByText('1 fault on').waitFor()
  await write(phone('whatsapp'), 'Can you hear me?')
  await phone('whatsapp').getByRole('alert').waitFor()
})

test('in the hand there is one phone at a time, and a switcher', async t => {
  const { page, phone } = await table(t, { width: 390, height: 844 })
  assert.ok(await phone('whatsapp').isVisible())
  assert.ok(!(await phone('viber').isVisible()))
  await page.locator('.switcher').getByRole('tab', { name: 'Päivi' }).click()
  await write(phone('viber'), 'Kiitos')
  await phone('viber').locator('.m.me', { hasText: 'Kiitos' }).waitFor()
  assert.ok(!(await phone('whatsapp').isVisible()))
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  assert.equal(overflow, 0)
})

test('both looks pass the accessibility rules', async t => {
  const { AxeBuilder } = await import('@axe-core/playwright')
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  t.after(() => context.close())
  const { page: model, says, phone } = await table(t)
  await write(phone('telegram'), 'Hello')
  says('telegram', { id: 'a', parts: [{ type: 'choices', prompt: 'What?', choices: [{ id: '1', label: 'Bread' }] }] })
  says('viber', { id: 'b', parts: [{ type: 'choices', prompt: 'What?', choices: [{ id: '1', label: 'Bread' }] }] })
  says('whatsapp', { id: 'c', parts: [{ type: 'choices', prompt: 'What?', choices: [{ id: '1', label: 'Bread' }] }] })
  for (const theme of ['light', 'dark']) {
    const page: Page = await context.newPage()
    await page.goto(`${new URL(model.url()).origin}/sandbox/?theme=${theme}`)
    await page.locator('.keys').waitFor()
    const { violations } = await new AxeBuilder({ page }).analyze()
    assert.deepEqual(
      violations.map(v => `${theme} ${v.id}: ${v.nodes.map(n => n.html.slice(0, 120)).join(' | ')}`),
      [],
    )
  }
})
