import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import Fastify from 'fastify'
import type { Browser, Locator, Page } from 'playwright-core'
import { build } from 'vite'
import { openBrowser } from '../../test/browser.ts'
import { cast, groups } from '../cast.ts'
import { customers, firstPeople, shopName } from '../people.ts'
import { createReceiver } from '../receiver.ts'
import { registerSandbox } from '../routes.ts'
import { type Answer, createStory } from '../story.ts'
import type { Bubble, Wire } from '../wire.ts'
import { wires } from '../wires.ts'
import { createWorld } from '../world.ts'

const outDir = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-phones-'))
let browser: Browser

before(async () => {
  const configFile = path.join(import.meta.dirname, 'vite.config.ts')
  await build({ configFile, logLevel: 'warn', build: { outDir, emptyOutDir: true } })
  browser = await openBrowser()
})

after(async () => {
  await browser?.close()
  fs.rmSync(outDir, { recursive: true, force: true })
})

interface Setting {
  viewport?: { width: number; height: number }
  /** What stands behind the page's address. */
  query?: string
  offered?: readonly Wire[]
}

const wide = { width: 1440, height: 900 }

async function table(
  t: { after(run: () => Promise<void>): void },
  { viewport = wide, query = '', offered = wires }: Setting = {},
) {
  const worlds = offered.map(wire =>
    createWorld(wire, { name: shopName, people: firstPeople(wire.kind, Math.random), haste: 1000 }),
  )
  const app = Fastify()
  const business = await createReceiver()
  // What VK takes for a yes; the others do not read it.
  business.says = 'ok'
  const answer: Answer = async (kind, { id: person }) => {
    const bubble = {
      id: `story-${kind}-${person}`,
      parts: [{ type: 'text' as const, text: 'Of course.' }],
      at: Date.now(),
    }
    worlds.find(w => w.wire.kind === kind)!.show({ ...bubble, person, from: 'business', reactions: [] })
  }
  const story = createStory(worlds, answer, { pauseMs: 200, warn: () => {} })
  await registerSandbox(app, { worlds, origin: 'http://sandbox.test', page: outDir, shop: '/nowhere', story })
  for (const world of worlds) world.webhookUrl = business.url
  const servers = await Promise.all(worlds.map(world => world.wire.serve?.(world)))
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const page = await browser.newPage({ viewport })
  const broken: string[] = []
  page.on('pageerror', error => broken.push(error.message))
  t.after(async () => {
    await page.close()
    for (const world of worlds) world.close()
    await Promise.all(servers.map(server => server?.close()))
    await app.close()
    await business.close()
  })
  await page.goto(`${address}/sandbox/${query}`)
  const world = (kind: string) => worlds.find(w => w.wire.kind === kind)!
  const owner = (kind: string) => world(kind).people.values().next().value!
  const phone = (kind: string) => page.locator(`[data-phone="${kind}:${owner(kind).id}"]`)
  await page.locator('.slot .ph').first().waitFor()
  const says = (kind: string, bubble: Partial<Bubble> & { id: string }) =>
    world(kind).show({
      person: owner(kind).id,
      from: 'business',
      parts: [{ type: 'text', text: bubble.id }],
      at: Date.now(),
      ticks: 'delivered',
      reactions: [],
      ...bubble,
    })
  const chip = (name: string) => page.locator('.choice').getByRole('button', { name: new RegExp(`^${name}: `) })
  return { page, phone, world, business, says, broken, chip, address }
}

/** A network that nobody is told of: to look at phones, whether their wires are there or not. */
const drawn = (kind: string): Wire => ({
  kind,
  routes: () => {},
  act(deed, { id: person }, world) {
    if (deed.do !== 'text') return
    const { text, replyTo, subject } = deed
    const said = { id: `c${world.next()}`, parts: [{ type: 'text' as const, text }], at: world.now().getTime() }
    world.show({
      ...said,
      person,
      from: 'customer',
      reactions: [],
      ...(replyTo && { replyTo }),
      ...(subject && { subject }),
    })
  },
  sign: () => ({}),
  refuse: { rate: reply => reply, down: reply => reply, token: reply => reply, blocked: reply => reply },
  unknownEvent: () => ({}),
  settings: () => ({}),
  retryAfter: () => 60_000,
})

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

/** In the mail program a letter is begun first, and Enter only ends a line. */
async function writeOn(phone: Locator, text: string): Promise<void> {
  const begin = phone.getByRole('button', { name: 'New mail' })
  // Which of the two it is shows only once the phone is drawn.
  await begin.or(phone.getByRole('textbox')).first().waitFor()
  if (!(await begin.isVisible())) return write(phone, text)
  await begin.click()
  await phone.getByRole('textbox', { name: 'Subject' }).fill('A question')
  await phone.getByRole('textbox', { name: 'Message' }).fill(text)
  await phone.getByRole('button', { name: 'Send' }).click()
  await phone.getByRole('button', { name: 'A question' }).click()
}

for (const wire of wires) {
  test(`a visitor writes from the ${wire.kind} phone and sees the answer on it`, async t => {
    const { phone, business, says, broken } = await table(t, { query: `?phone=${wire.kind}`, offered: [wire] })
    const text = 'Is my cake ready?'
    await writeOn(phone(wire.kind), text)
    await phone(wire.kind).locator('.m.me', { hasText: text }).waitFor()
    // What is not HTTP has nobody at its other end here; the stage's own test has.
    if (!wire.serve) await business.arrived(1)
    says(wire.kind, { id: 'Since this morning' })
    await phone(wire.kind).locator('.m:not(.me)', { hasText: 'Since this morning' }).waitFor()
    assert.deepEqual(broken, [])
  })
}

test('the words of WhatsApp, Telegram and Viber reach the business as they were written', async t => {
  const { phone, business } = await table(t)
  const words = { whatsapp: 'Hei from Katja', telegram: 'Привет от Дмитрия', viber: 'Terveisiä Päiviltä' }
  for (const [kind, text] of Object.entries(words)) {
    await write(phone(kind), text)
    await phone(kind).locator('.m.me', { hasText: text }).waitFor()
  }
  await business.arrived(3)
  for (const text of Object.values(words)) assert.ok(bodies(business).includes(text))
})

test('every messenger of the cast has a phone in its group, even one whose wire does nothing', async t => {
  const { page } = await table(t, { offered: [...Object.keys(cast).map(drawn), drawn('pigeon')] })
  const shown = await page.locator('.group').evaluateAll(list => list.map(one => one.getAttribute('aria-label')))
  assert.deepEqual(shown, [...groups])
  for (const { name, city } of Object.values(cast))
    assert.equal(
      await page
        .locator('.chip', { hasText: name })
        .first()
        .getAttribute('aria-label')
        .then(label => label?.includes(city)),
      true,
    )
  assert.equal(await page.locator('.chip').count(), Object.keys(cast).length + 1)
})

test('a phone chosen takes the place of the one that was longest not touched, and the address and the browser keep it', async t => {
  const { page, phone, chip, address } = await table(t, { offered: Object.keys(cast).map(drawn) })
  const places = () =>
    page.locator('.slot').evaluateAll(list => list.map(slot => slot.getAttribute('data-phone')?.split(':')[0]))
  assert.deepEqual(await places(), ['whatsapp', 'telegram', 'viber'])
  await phone('viber').locator('.hd b').click()
  await chip('LINE').click()
  await phone('line').waitFor()
  assert.deepEqual(await places(), ['whatsapp', 'line', 'viber'])
  assert.ok(page.url().endsWith('?phone=whatsapp,line,viber'), page.url())
  await chip('WhatsApp').click()
  await phone('whatsapp').waitFor({ state: 'detached' })
  assert.deepEqual(await places(), ['line', 'viber'])
  await page.goto(`${address}/sandbox/`)
  await phone('line').waitFor()
  assert.deepEqual(await places(), ['line', 'viber'])
  await page.goto(`${address}/sandbox/?phone=vk,nobody`)
  await phone('vk').waitFor()
  assert.deepEqual(await places(), ['vk'])
})

test('a phone is found by its messenger, its owner or its city, and one that lies apart shows that it was answered', async t => {
  const { page, phone, chip, says } = await table(t, { offered: Object.keys(cast).map(drawn) })
  const find = page.getByRole('searchbox', { name: 'Find a phone' })
  await find.fill('tokyo')
  assert.equal(await page.locator('.chip').count(), 1)
  await find.press('Enter')
  await phone('line').waitFor()
  assert.ok((await page.locator('.chip').count()) > 1)
  says('wechat', { id: 'unseen there' })
  await chip('WeChat').locator('.news').waitFor()
  await chip('WeChat').click()
  await phone('wechat').getByText('unseen there').waitFor()
  await chip('WeChat').locator('.news').waitFor({ state: 'detached' })
})

test('one customer is followed from messenger to messenger: the page takes her phone in hand', async t => {
  const { page } = await table(t, { query: '?phone=line', offered: ['line', 'vk'].map(drawn) })
  await page.getByRole('button', { name: 'Follow one customer through all' }).click()
  await page.locator('.slot[data-phone^="vk:"]').getByText('Katja again, by VK this time.').waitFor()
  await page.locator('.slot.pick[data-phone^="vk:"]').waitFor()
})

test('further phones of a messenger stay out of the way until they are asked for', async t => {
  const { page, world } = await table(t, { query: '?phone=vk', offered: ['line', 'vk'].map(drawn) })
  const eero = { id: 'U1', name: 'Eero', phone: '358405550111', language: 'fi', blocked: false }
  world('line').people.set(eero.id, eero)
  world('line').events.emit('person', eero)
  await page.getByRole('button', { name: '1 more' }).waitFor()
  assert.equal(await page.locator('.chip').count(), 2)
  await page.getByRole('button', { name: '1 more' }).click()
  await page.getByRole('button', { name: 'Eero: LINE' }).click()
  await page.locator('.slot[data-phone="line:U1"]').waitFor()
})

test('mails are listed by subject, opened, and answered in their thread', async t => {
  const { page, phone, world, says } = await table(t, { query: '?phone=email', offered: [drawn('email')] })
  says('email', { id: 'first', subject: 'Your order', parts: [{ type: 'text', text: 'It is ready.' }] })
  says('email', { id: 'news', subject: 'Spring breads', parts: [{ type: 'text', text: 'Nettle and barley.' }] })
  says('email', { id: 'second', subject: 'RE: Your order', parts: [{ type: 'text', text: 'Come by six.' }] })
  const mail = phone('email')
  await mail.locator('.mails li').nth(1).waitFor()
  assert.match((await mail.locator('.mails li').first().textContent()) ?? '', /Your orderCome by six\./)
  await mail.getByRole('button', { name: 'Your order' }).click()
  assert.equal(await mail.locator('article').count(), 2)
  const acted = page.waitForRequest(request => request.url().endsWith('/act') && request.postData()!.includes('"text"'))
  await mail.getByRole('textbox', { name: 'Reply' }).fill('On my way')
  await mail.getByRole('button', { name: 'Send' }).click()
  const { act } = (await acted).postDataJSON() as { act: object }
  assert.deepEqual(act, { do: 'text', text: 'On my way', replyTo: 'second', subject: 'Re: Your order' })
  await mail.getByRole('button', { name: 'Back' }).click()
  await mail.getByText('Nettle and barley.').waitFor()
  assert.equal(world('email').bubbles.length, 4)
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

for (const [kind, told] of [
  ['messenger', /"verb":"edited"/],
  ['vk', /wall_reply_edit/],
] as const)
  test(`a comment is written below a post on ${kind}, and may be changed`, async t => {
    const offered = wires.filter(wire => wire.kind === kind)
    const { phone, world, business } = await table(t, { query: `?phone=${kind}`, offered })
    await phone(kind).getByRole('button', { name: 'Attach' }).click()
    await phone(kind).getByRole('button', { name: 'Comment', exact: true }).click()
    await write(phone(kind), 'How much?')
    await phone(kind).locator('.below').waitFor()
    assert.equal(world(kind).bubbles[0]!.comment, true)
    await choose(phone(kind), 'How much?', 'Edit')
    await write(phone(kind), 'How much is it?')
    await phone(kind).locator('.m', { hasText: 'How much is it?' }).waitFor()
    await business.arrived(2)
    assert.match(bodies(business), told)
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
  await phone('viber').locator('.keys').waitFor({ state: 'detached' })
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
  const { page, phone } = await table(t)
  await page.getByRole('button', { name: 'Add a phone' }).click()
  await page.getByRole('menuitem', { name: 'Viber' }).click()
  await phone('whatsapp').waitFor()
  const added = page.locator(`.slot.pick[data-phone^="viber:"]:not([data-phone$="${customers.viber.id}"])`)
  await added.waitFor()
  assert.equal(await page.locator('.slot').count(), 3)
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

test('in the hand there is one phone at a time, a switcher, and all the others a touch away', async t => {
  const viewport = { width: 390, height: 844 }
  const { page, phone } = await table(t, { viewport, offered: Object.keys(cast).map(drawn) })
  assert.ok(await phone('whatsapp').isVisible())
  assert.ok(!(await phone('viber').isVisible()))
  await page.locator('.now').getByRole('tab', { name: 'Viber' }).click()
  await write(phone('viber'), 'Kiitos')
  await phone('viber').locator('.m.me', { hasText: 'Kiitos' }).waitFor()
  assert.ok(!(await phone('whatsapp').isVisible()))
  await page.getByRole('button', { name: `${Object.keys(cast).length} phones` }).click()
  await page.getByRole('button', { name: /^LINE: / }).click()
  await write(phone('line'), 'ありがとう')
  await phone('line').locator('.m.me', { hasText: 'ありがとう' }).waitFor()
  assert.ok(!(await phone('viber').isVisible()))
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  assert.equal(overflow, 0)
  // The buttons above have lost their words, not their names.
  await page.getByRole('link', { name: 'Open inbox beside' }).waitFor()
  await page.getByRole('button', { name: 'Add a phone' }).click()
  await page.getByRole('menuitem', { name: 'Viber' }).waitFor()
  await page.reload()
  await phone('line').locator('.m.me', { hasText: 'ありがとう' }).waitFor()
  await phone('line').getByRole('button', { name: 'Attach' }).click()
  await page.keyboard.press('Escape')
  await phone('line').getByRole('dialog', { name: 'Attach' }).waitFor({ state: 'detached' })
})

const kinds = Object.keys(cast)
const threes = Array.from({ length: Math.ceil(kinds.length / 3) }, (_, n) => kinds.slice(3 * n, 3 * n + 3))

for (const theme of ['light', 'dark'])
  test(`every phone passes the accessibility rules in the ${theme} look`, async t => {
    const { AxeBuilder } = await import('@axe-core/playwright')
    const { page: model, says, world, address } = await table(t, { offered: kinds.map(drawn) })
    for (const kind of kinds) {
      world(kind).act(world(kind).people.keys().next().value!, { do: 'text', text: 'Hello', subject: 'Bread' })
      const choices = [{ id: '1', label: 'Bread' }]
      says(kind, { id: 'a', subject: 'Bread', parts: [{ type: 'choices', prompt: 'What?', choices }] })
    }
    const context = await browser.newContext({ viewport: wide })
    t.after(() => context.close())
    await model.close()
    const page: Page = await context.newPage()
    for (const three of threes) {
      await page.goto(`${address}/sandbox/?theme=${theme}&phone=${three}`)
      await page
        .locator('.slot')
        .nth(three.length - 1)
        .waitFor()
      const letter = page.locator('.mails button')
      if (await letter.count()) await letter.first().click()
      const { violations } = await new AxeBuilder({ page }).analyze()
      assert.deepEqual(
        violations.map(v => `${three} ${v.id}: ${v.nodes.map(n => n.html.slice(0, 120)).join(' | ')}`),
        [],
      )
    }
  })
