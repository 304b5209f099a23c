import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { build } from 'vite'
import { wordsFor } from '../../src/site/words.ts'
import { openBrowser } from '../browser.ts'
import { openShop, type Pages, type Shop } from './site-shop.ts'

const root = path.join(import.meta.dirname, '../..')
const bundle = path.join(root, 'dist/widget/widget.js')
let browser: Browser

before(async () => {
  await build({
    configFile: path.join(root, 'widget/vite.config.ts'),
    root: path.join(root, 'widget'),
    logLevel: 'warn',
  })
  browser = await openBrowser()
})
after(() => browser.close())

/** A page of the shop under the strictest policy a site could have and still embed us. */
function addPages(to: Pages): void {
  const policy = () =>
    `default-src 'none'; script-src ${to.url}; connect-src ${to.url} ${to.url.replace('http', 'ws')}; img-src ${to.url} blob:; media-src ${to.url}; require-trusted-types-for 'script'`
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shop</title><h1>Shop</h1><p>Words</p><a href="/other">Other page</a><script async src="/widget.js" data-channel="${to.channelId}"></script>`
  for (const at of ['/', '/other'])
    to.app.get(at, (_request, reply) => reply.header('content-security-policy', policy()).type('text/html').send(html))
}

interface Visit {
  page: Page
  shop: Shop
  errors: string[]
}

async function visit(
  t: TestContext,
  options: BrowserContextOptions = {},
  settings: Record<string, string> = {},
): Promise<Visit> {
  const shop = await openShop(t, settings, addPages)
  const context = await browser.newContext(options)
  t.after(() => context.close())
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', error => errors.push(String(error)))
  await page.goto(`${shop.url}/`)
  await page.locator('.launch').waitFor()
  return { page, shop, errors }
}

const composer = (page: Page) => page.locator('textarea')
const log = (page: Page) => page.getByRole('log')

async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

async function open(page: Page): Promise<void> {
  await page.locator('.launch').click()
  await composer(page).waitFor()
}

/** The address of the one visitor who wrote, once it has arrived. */
async function arrived(shop: Shop, count = 1): Promise<string> {
  for (;;) {
    const messages = shop.events.filter(event => event.type === 'message')
    if (messages.length >= count) return messages[0]!.from
    await new Promise(resolve => shop.heard.once('event', resolve))
  }
}

test('The whole chat is one file under 12 KB', () => {
  assert.ok(gzipSync(fs.readFileSync(bundle), { level: 9 }).length < 12_000)
})

test('The file is served compressed and asked for again by its ETag only', async t => {
  const shop = await openShop(t)
  const first = await fetch(`${shop.url}/widget.js`, { headers: { 'accept-encoding': 'gzip' } })
  assert.equal(first.headers.get('content-encoding'), 'gzip')
  assert.equal(Number(first.headers.get('content-length')) < 12_000, true)
  const again = await fetch(`${shop.url}/widget.js`, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } })
  assert.equal(again.status, 304)
})

test('A visitor writes under a strict CSP, the answer arrives, and all is there after a reload and on the next page', async t => {
  const { page, shop, errors } = await visit(t)
  const violations: string[] = []
  page.on(
    'console',
    message => void (/Content Security Policy/.test(message.text()) && violations.push(message.text())),
  )
  await open(page)
  await say(page, 'Is the rye bread vegan?')
  const address = await arrived(shop)
  await shop.answer(address, [{ type: 'text', text: 'It is! See https://rye.example/list.' }])
  await log(page).getByText('It is!').waitFor()
  assert.equal(await log(page).getByRole('link').getAttribute('href'), 'https://rye.example/list')
  await page.getByRole('link', { name: 'Other page' }).click()
  await page.waitForURL('**/other')
  await log(page).getByText('It is!').waitFor()
  await log(page).getByText('Is the rye bread vegan?').waitFor()
  assert.deepEqual([errors, violations], [[], []])
})

test('Nothing of the page moves and nothing of it leaks in', async t => {
  const { page } = await visit(t)
  const measure = () =>
    page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.scrollHeight,
      document.querySelector('h1')!.getBoundingClientRect().top,
    ])
  const before = await measure()
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(
      '* { position: static !important; font-size: 40px !important; color: red !important } parley-chat { display: none !important }',
    )
    document.adoptedStyleSheets.push(sheet)
  })
  await open(page)
  assert.equal(await page.locator('.panel').isVisible(), true)
  assert.equal(await page.locator('textarea').evaluate(e => getComputedStyle(e).fontSize), '15px')
  assert.equal(await page.locator('.panel').evaluate(e => getComputedStyle(e).position), 'fixed')
  await page.evaluate(() => (document.adoptedStyleSheets = []))
  assert.deepEqual(await measure(), before)
})

test('Nothing is asked of the server before somebody opens the chat', async t => {
  const { page } = await visit(t)
  const asked: string[] = []
  page.on('request', request => asked.push(new URL(request.url()).pathname))
  await page.reload()
  await page.locator('.launch').waitFor()
  assert.deepEqual(
    asked.filter(path => path.startsWith('/widget/')),
    [],
  )
})

test('What is written without a connection goes by itself, once', async t => {
  const { page, shop } = await visit(t)
  await open(page)
  await say(page, 'First')
  await arrived(shop)
  shop.break()
  await say(page, 'Second')
  await say(page, 'Third')
  await page.locator('.own .waiting').nth(1).waitFor()
  await page.reload()
  await log(page).getByText('Third').waitFor()
  shop.mend()
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.locator('.own :is(.delivered,.read)').nth(2).waitFor()
  const texts = (await shop.messages()).map(m => (m.parts as { text: string }[])[0]?.text)
  assert.deepEqual(texts, ['First', 'Second', 'Third'])
})

test('A lost connection is told, mends itself, and brings what was missed', async t => {
  const { page, shop } = await visit(t)
  await open(page)
  await say(page, 'Hello')
  const address = await arrived(shop)
  await page.locator('.own :is(.delivered,.read)').waitFor()
  await page.context().setOffline(true)
  await page.getByText('No connection.').waitFor()
  await say(page, 'Are you there?')
  await shop.answer(address, [{ type: 'text', text: 'I am here' }])
  await page.context().setOffline(false)
  await log(page).getByText('I am here').waitFor()
  await arrived(shop, 2)
  assert.equal(shop.events.filter(e => e.type === 'message').length, 2)
})

test('The button counts what was not read, in every tab, until one of them reads', async t => {
  const { page, shop } = await visit(t)
  await open(page)
  await say(page, 'Hello')
  const address = await arrived(shop)
  await page.locator('.own :is(.delivered,.read)').waitFor()
  await page.keyboard.press('Escape')
  const other = await page.context().newPage()
  await other.goto(`${shop.url}/other`)
  await shop.answer(address, [{ type: 'text', text: 'One' }])
  await shop.answer(address, [{ type: 'text', text: 'Two' }])
  for (const tab of [page, other]) await tab.getByRole('button', { name: 'Open chat, 2 new messages' }).waitFor()
  await open(other)
  await page.getByRole('button', { name: 'Open chat', exact: true }).waitFor()
  for (const tab of [page, other]) assert.equal(await tab.locator('.badge').count(), 0)
  await say(other, 'From the second tab')
  await open(page)
  await log(page).getByText('From the second tab').waitFor()
  assert.equal(await log(page).getByText('From the second tab').count(), 1)
})

test('What was shown is told as delivered, what was seen as read', async t => {
  const { page, shop } = await visit(t)
  await open(page)
  await say(page, 'Hello')
  const address = await arrived(shop)
  await page.keyboard.press('Escape')
  const id = await shop.answer(address, [{ type: 'text', text: 'One' }])
  await page.locator('.badge').waitFor()
  const receipts = () => shop.events.flatMap(e => (e.type === 'receipt' && e.of === id ? e.status : []))
  while (receipts().length < 1) await new Promise(resolve => shop.heard.once('event', resolve))
  await open(page)
  while (receipts().length < 2) await new Promise(resolve => shop.heard.once('event', resolve))
  assert.deepEqual(receipts(), ['delivered', 'read'])
})

test('Buttons are pressed once, quotes and reactions are shown, words can be changed and taken back', async t => {
  const { page, shop } = await visit(t)
  await open(page)
  await say(page, 'A cake')
  const address = await arrived(shop)
  await shop.answer(address, [
    {
      type: 'choices',
      prompt: 'For when?',
      choices: [
        { id: 'sat', label: 'Saturday' },
        { id: 'sun', label: 'Sunday' },
      ],
    },
  ])
  await page.getByRole('button', { name: 'Saturday' }).click()
  await page.locator('.own').getByText('Saturday').waitFor()
  await page.locator('.own :is(.delivered,.read)').nth(1).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Sunday' }).isDisabled(), true)
  const mine = page.locator('.own', { hasText: 'A cake' })
  await mine.hover()
  await mine.getByRole('button', { name: 'Edit' }).click()
  assert.equal(await composer(page).inputValue(), 'A cake')
  await say(page, 'Two cakes')
  await page.locator('.own').getByText('Two cakes').waitFor()
  const changed = page.locator('.own', { hasText: 'Two cakes' })
  await changed.hover()
  await changed.getByRole('button', { name: 'Delete' }).click()
  await page.getByText('Message deleted').waitFor()
  const offer = page.locator('.row', { hasText: 'For when?' }).first()
  await offer.hover()
  await offer.getByRole('button', { name: 'Reply' }).click()
  await say(page, 'Not sure yet')
  await page.locator('.own .quote', { hasText: 'For when?' }).first().waitFor()
})

test('A file goes up with its picture, and comes back after a reload', async t => {
  const { page, shop, errors } = await visit(t)
  await open(page)
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  await page.locator('input[type=file]').setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: png })
  await arrived(shop)
  await page.locator('.own :is(.delivered,.read)').waitFor()
  await page.reload()
  const image = page.locator('.own img')
  await image.waitFor()
  await page.waitForFunction(
    () =>
      (document.querySelector('parley-chat')!.shadowRoot!.querySelector('.own img') as HTMLImageElement)
        .naturalWidth === 1,
  )
  assert.deepEqual(errors, [])
})

test('The chat speaks Russian and Finnish to those who do', async t => {
  for (const [locale, button, words] of [
    ['ru-RU', 'Открыть чат', 'Напишите сообщение'],
    ['fi-FI', 'Avaa keskustelu', 'Kirjoita viesti'],
  ] as const) {
    const { page } = await visit(t, { locale })
    await page.evaluate(() => document.documentElement.removeAttribute('lang'))
    await page.route('**/', async route => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, body: (await answer.text()).replace(' lang="en"', '') })
    })
    await page.reload()
    await page.getByRole('button', { name: button }).click()
    await page.getByPlaceholder(words).waitFor()
  }
})

test('The keyboard does everything: open, stay inside, write, close, and back to where it was', async t => {
  const { page } = await visit(t)
  await page.locator('.launch').focus()
  await page.keyboard.press('Enter')
  await composer(page).waitFor()
  const inside = () =>
    page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.closest('.panel') !== null)
  for (let n = 0; n < 12; n++) {
    await page.keyboard.press('Tab')
    assert.equal(await inside(), true)
  }
  await page.keyboard.press('Escape')
  assert.equal(await page.locator('.panel').count(), 0)
  assert.equal(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.className), 'launch')
})

test('On a phone the chat fills the screen', async t => {
  const { page } = await visit(t, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    reducedMotion: 'reduce',
  })
  await open(page)
  const box = await page.locator('.panel').boundingBox()
  assert.deepEqual(box, { x: 0, y: 0, width: 390, height: 844 })
})

test('The page hears events and gives orders, also before the chat has come', async t => {
  const { page, shop } = await visit(t)
  const heard = await page.evaluateHandle(() => {
    const all: string[] = []
    const parley = (window as unknown as { parley: (...given: unknown[]) => void }).parley
    for (const name of ['open', 'close', 'message:out', 'message:in', 'unread', 'conversation:start'])
      parley('on', name, () => all.push(name))
    parley('open')
    return all
  })
  await composer(page).waitFor()
  await say(page, 'Hello')
  const address = await arrived(shop)
  await page.locator('.own :is(.delivered,.read)').waitFor()
  await page.evaluate(() => (window as unknown as { parley: (verb: string) => void }).parley('close'))
  await shop.answer(address, [{ type: 'text', text: 'Hi' }])
  await page.locator('.badge').waitFor()
  assert.deepEqual(await heard.jsonValue(), [
    'open',
    'conversation:start',
    'message:out',
    'close',
    'message:in',
    'unread',
  ])
})

test('A checker of accessibility finds nothing, light and dark, closed and open', async t => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, shop } = await visit(
      t,
      { colorScheme },
      { answerTime: 'Within 10 minutes', links: 'https://t.me/rye' },
    )
    await open(page)
    await say(page, 'Hello')
    const address = await arrived(shop)
    await shop.answer(address, [{ type: 'choices', prompt: 'For when?', choices: [{ id: 'sat', label: 'Saturday' }] }])
    await page.getByRole('button', { name: 'Saturday' }).waitFor()
    const { violations } = await new AxeBuilder({ page }).include('parley-chat').analyze()
    assert.deepEqual(
      violations.map(v => [v.id, v.nodes.map(n => n.target)]),
      [],
    )
  }
})

/** A thread longer than the window. The full stop keeps the words apart from the time that follows them. */
async function longThread(t: TestContext) {
  const { page, shop } = await visit(t)
  await open(page)
  await say(page, 'Hello')
  const address = await arrived(shop)
  for (let n = 0; n < 20; n++) await shop.answer(address, [{ type: 'text', text: `Line ${n}.` }])
  await log(page).getByText('Line 19.').waitFor()
  return {
    page,
    answer: (text: string) => shop.answer(address, [{ type: 'text', text }]),
    top: () => log(page).evaluate(e => e.scrollTop),
    fromEnd: () => log(page).evaluate(e => e.scrollHeight - e.scrollTop - e.clientHeight),
  }
}

const scrollTo = (what: Locator, top: number) =>
  what.evaluate(
    (e, to) =>
      new Promise(done => {
        e.addEventListener('scroll', done, { once: true })
        e.scrollTop = to
      }),
    top,
  )

test('Who reads the end stays there when something comes, and who reads above is left alone', async t => {
  const { page, answer, top, fromEnd } = await longThread(t)
  assert.ok((await fromEnd()) < 2)
  await scrollTo(log(page), 100)
  await answer('One more')
  await log(page).getByText('One more').waitFor()
  // Not to the pixel: the browser itself keeps the lines in view where they are when something above them grows.
  assert.ok((await top()) < 160)
  await say(page, 'Back to the end')
  await log(page).getByText('Back to the end').waitFor()
  assert.ok((await fromEnd()) < 2)
})

test('A long draft covers nothing of the end, and scrolling it is not scrolling the thread', async t => {
  const { page, answer, top, fromEnd } = await longThread(t)
  await composer(page).fill('And then?\n'.repeat(30))
  assert.ok((await fromEnd()) < 2)
  await scrollTo(composer(page), 0)
  await answer('At the end')
  await log(page).getByText('At the end').waitFor()
  assert.ok((await fromEnd()) < 2)
  await scrollTo(log(page), 100)
  await scrollTo(composer(page), 1000)
  await answer('Above')
  await log(page).getByText('Above').waitFor()
  assert.ok((await top()) < 160)
})

test('Every word the chat says has a Russian and a Finnish one', () => {
  const sources = fs.readdirSync(path.join(root, 'widget')).filter(name => /\.tsx?$/.test(name))
  const said = sources.flatMap(name =>
    [...fs.readFileSync(path.join(root, 'widget', name), 'utf8').matchAll(/\bsay\('([^']+)'\)/g)].map(m => m[1]!),
  )
  assert.ok(said.length > 25)
  for (const language of ['ru', 'fi'])
    for (const english of [...said, 'sent', 'read', 'waiting', 'delivered', 'new one'])
      assert.ok(wordsFor(language)?.[english], `${language}: ${english}`)
})
