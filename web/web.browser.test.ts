import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { openBrowser } from '../test/browser.ts'
import { folk, openTown } from '../test/harness/town.ts'
import { textOf } from '../test/harness/words.ts'

/** Stories of an agent, in a real browser against the real server and simulated messengers. */

const root = path.resolve(import.meta.dirname, '..')
const desk = { width: 1440, height: 900 }
const hand = { width: 390, height: 844 }

execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'bin/build.ts'], { cwd: root })
const { whatsapp, telegram, viber, messenger } = folk
const town = await openTown({
  people: { whatsapp: [whatsapp], telegram: [telegram], viber: [viber], messenger: [messenger] },
})
const browser = await openBrowser()
after(() => browser.close())
const aino: BrowserContext = await browser.newContext({ viewport: desk, locale: 'en-GB' })
await town.act('telegram', { do: 'text', text: 'А бородинский без соды бывает?' })
await town.act('whatsapp', { do: 'text', text: 'May I collect at 10?' })
await Promise.all([town.conversation('telegram'), town.conversation('whatsapp')])

const invite = (name: string, email: string) =>
  town.api<{ link: string }>('POST', '/agents', { name, email, role: 'admin' })

/** A page of somebody who is signed in as Aino, on another screen. */
async function screen(options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ storageState: await aino.storageState(), ...options })
  return (await context.newPage()) as Page
}

async function openConversation(page: Page, name: string): Promise<void> {
  await page.goto(town.server.url)
  await page.getByRole('link', { name }).first().click()
  await page.getByRole('heading', { name, level: 1 }).waitFor()
}

async function say(page: Page, words: string): Promise<void> {
  await page.getByRole('textbox', { name: /^(Answer|Note)/ }).fill(words)
  await page.keyboard.press('Enter')
}

describe('an agent', () => {
  test('comes by a link that works once, and by the password chosen there', async () => {
    const { link } = await invite('Aino', 'aino@rye.example')
    const page = await aino.newPage()
    await page.goto(link)
    await page.getByLabel('Password').fill('short')
    await page.getByLabel('Password').fill('rye bread and butter')
    await page.getByRole('button', { name: 'Begin' }).click()
    await page.getByRole('link', { name: /Katja/ }).first().waitFor()
    const other = await (await browser.newContext({ locale: 'en-GB' })).newPage()
    await other.goto(link)
    await other.getByRole('heading', { name: 'This link does not work' }).waitFor()
    await other.goto(`${town.server.url}/`)
    await other.getByLabel('E-mail').fill('aino@rye.example')
    await other.getByLabel('Password').fill('rye bread, no butter')
    await other.getByRole('button', { name: 'Sign in' }).click()
    await other.getByRole('alert').waitFor()
    await other.getByLabel('Password').fill('rye bread and butter')
    await other.getByRole('button', { name: 'Sign in' }).click()
    await other.getByRole('link', { name: /Katja/ }).first().waitFor()
    await other.context().close()
  })

  test('answers, and the customer has it on the phone', async () => {
    const page = await screen({ viewport: desk, locale: 'en-GB' })
    await openConversation(page, 'Katja')
    await say(page, 'Of course, at ten')
    await town.bubble('whatsapp', 'the answer', b => b.from === 'business' && textOf(b) === 'Of course, at ten')
    await page
      .locator('.us', { hasText: 'Of course, at ten' })
      .getByRole('img', { name: /delivered|sent|read/ })
      .waitFor()
    assert.equal(await page.locator('.bub', { hasText: 'Of course, at ten' }).count(), 1)
    await town.act('whatsapp', { do: 'text', text: 'Kiitos, ihanaa!' })
    await page.getByText('Kiitos, ihanaa!').last().waitFor()
    await page.context().close()
  })

  test('writes a note that no customer ever sees', async () => {
    const page = await screen({ viewport: desk, locale: 'en-GB' })
    await openConversation(page, 'Katja')
    await page.getByRole('button', { name: 'Note', exact: true }).click()
    await say(page, 'Give her the corner piece')
    await page.locator('.note', { hasText: 'corner piece' }).waitFor()
    await page.getByRole('button', { name: 'Answer', exact: true }).click()
    await say(page, 'See you then')
    await town.bubble('whatsapp', 'the answer after the note', b => textOf(b) === 'See you then')
    assert.equal(
      town.world('whatsapp').bubbles.some(b => textOf(b).includes('corner piece')),
      false,
    )
    await page.context().close()
  })

  test('writes without a network, reloads the page, and one message arrives when it is back', async () => {
    const page = await screen({ viewport: desk, locale: 'en-GB' })
    await openConversation(page, 'Дмитрий')
    await page.context().setOffline(true)
    await say(page, 'Да, без соды')
    await page.locator('.us', { hasText: 'Да, без соды' }).getByRole('img', { name: 'waiting to be sent' }).waitFor()
    await page.context().setOffline(false)
    await page.reload()
    await town.bubble('telegram', 'what was written offline', b => textOf(b) === 'Да, без соды')
    await page.locator('.us', { hasText: 'Да, без соды' }).getByRole('img', { name: 'sent' }).waitFor()
    assert.equal(town.world('telegram').bubbles.filter(b => textOf(b) === 'Да, без соды').length, 1)
    await page.context().close()
  })

  test('closes with a key and takes it back', async () => {
    const page = await screen({ viewport: desk, locale: 'en-GB' })
    await openConversation(page, 'Дмитрий')
    await page.keyboard.press('e')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText(/reopened by Aino/).waitFor()
    await page.context().close()
  })

  test('learns beforehand what the messenger will make of many buttons', async () => {
    const page = await screen({ viewport: desk, locale: 'en-GB' })
    await openConversation(page, 'Katja')
    await page.getByRole('textbox', { name: /^Answer/ }).fill('Which one?')
    await page.getByRole('button', { name: 'Offer buttons' }).click()
    for (const label of ['Rye', 'Barley', 'Oat', 'Spelt']) {
      await page.getByRole('textbox', { name: 'Text of a button' }).fill(label)
      await page.keyboard.press('Enter')
    }
    await page.getByText('4 buttons become a list').waitFor()
    await page.context().close()
  })

  test('is told who reads an answer below a post, and is offered only what it can hold', async () => {
    town.act('messenger', { do: 'comment', text: 'How much is the ring?' })
    const page = await screen({ viewport: desk, locale: 'en-GB' })
    await openConversation(page, 'Liza Santos')
    await page.locator('.conv', { hasText: 'How much is the ring?' }).getByText('Comment', { exact: true }).waitFor()
    await page.locator('header').getByText('Comment', { exact: true }).waitFor()
    await page.getByText('Everybody can read this answer').waitFor()
    assert.equal(await page.getByText(/Window closes/).count(), 0)
    assert.equal(await page.getByRole('button', { name: 'Offer buttons' }).count(), 0)
    assert.match((await page.locator('.composer input[type=file]').getAttribute('accept'))!, /^image\/jpeg/)
    const field = page.getByRole('textbox', { name: /^Answer/ })
    await field.fill('/private Your address?')
    await page.getByText('Only Liza can read this answer').waitFor()
    await field.fill(`/private ${'Your address? '.repeat(200)}`)
    await page.getByText(/the rest would be public/).waitFor()
    assert.ok(await page.getByRole('button', { name: 'Send' }).isDisabled())
    await field.fill('')
    await say(page, 'Nine euros')
    await town.bubble('messenger', 'the answer below the post', b => !!b.comment && textOf(b) === 'Nine euros')
    await page.context().close()
  })

  test('finds people and words', async () => {
    const page = await screen({ viewport: desk, locale: 'en-GB' })
    await page.goto(town.server.url)
    await page.getByRole('link', { name: /Katja/ }).first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('бородинский')
    await page.locator('.found mark').first().waitFor()
    await page.context().close()
  })

  test('opens a conversation at the message that was found, however far back it is', async () => {
    const page = await screen({ viewport: desk, locale: 'en-GB' })
    await town.act('viber', { do: 'text', text: 'Is there a zebra cake?' })
    for (let n = 0; n < 60; n++) await town.act('viber', { do: 'text', text: `And one more thing, number ${n}` })
    const conversation = await town.conversation('viber')
    await page.goto(town.server.url)
    await page.getByRole('link', { name: /number 59/ }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('zebra')
    await page.locator('.found').click()
    await page.locator('.lit', { hasText: 'zebra cake' }).waitFor()
    await page.waitForURL(`${town.server.url}/inbox/${conversation.id}`)
    await page.context().close()
  })

  test('whose answer came too late sends an approved template with its words filled in', async () => {
    const page = await screen({ viewport: desk, locale: 'en-GB' })
    await openConversation(page, 'Katja')
    const katja = [...town.world('whatsapp').people.values()][0]!
    katja.wroteAt = Date.now() - 25 * 60 * 60 * 1000
    await say(page, 'Too late?')
    await page.getByRole('combobox', { name: 'Search the templates' }).fill('order shipped')
    await page.keyboard.press('Enter')
    await page.getByLabel('Value 1').fill('Katja')
    await page.getByLabel('Value 2').fill('R-2047')
    await page.locator('.preview', { hasText: 'Hi Katja, your order R-2047 is on its way.' }).waitFor()
    await page.keyboard.press('Enter')
    await town.bubble('whatsapp', 'the template', b => b.parts.some(part => part.type === 'template'))
    await page.locator('.us', { hasText: 'Hi Katja, your order R-2047 is on its way.' }).waitFor()
    await page.context().close()
  })
})

describe('the screens', () => {
  test('on a phone the list, the thread and the details are three screens with a way back', async () => {
    const page = await screen({ viewport: hand, locale: 'en-GB' })
    await openConversation(page, 'Katja')
    assert.equal(await page.getByRole('heading', { name: 'Inbox' }).isVisible(), false)
    await page.getByRole('button', { name: 'Details' }).click()
    await page.getByRole('heading', { name: 'This conversation' }).waitFor()
    await page.getByRole('button', { name: 'Back' }).click()
    const { violations } = await new AxeBuilder({ page }).analyze()
    assert.deepEqual(
      violations.map(v => `${v.id} ${v.nodes[0]?.target}`),
      [],
    )
    await page.getByRole('link', { name: 'Back to the list' }).click()
    await page.getByRole('heading', { name: 'Inbox' }).waitFor()
    await page.context().close()
  })

  for (const [locale, inbox] of [
    ['ru-RU', 'Входящие'],
    ['fi-FI', 'Saapuneet'],
  ] as const)
    test(`speak ${locale}`, async () => {
      const page = await screen({ viewport: desk, locale })
      await page.goto(town.server.url)
      await page.getByRole('heading', { name: inbox }).waitFor()
      assert.equal(await page.evaluate(() => document.documentElement.lang), locale.slice(0, 2))
      await page.context().close()
    })

  for (const colorScheme of ['light', 'dark'] as const)
    test(`can be used by everybody in the ${colorScheme} theme`, async () => {
      const page = await screen({ viewport: desk, locale: 'en-GB', colorScheme })
      for (const place of ['/inbox/1', '/settings/messengers/1', '/settings/people', '/settings/profile']) {
        await page.goto(town.server.url + place)
        await page.getByRole('heading', { level: 1 }).first().waitFor()
        await page.locator('.tbl, .bub, .conn, .narrow').first().waitFor()
        const { violations } = await new AxeBuilder({ page }).analyze()
        assert.deepEqual(
          violations.map(v => `${place} ${v.id} ${v.nodes[0]?.target}`),
          [],
        )
      }
      await page.context().close()
    })
})
