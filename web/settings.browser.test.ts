import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { wechatWire } from '../sandbox/wechat.ts'
import { createWorld } from '../sandbox/world.ts'
import type { Channel } from '../src/api/shapes.ts'
import { openBrowser } from '../test/browser.ts'
import { folk, openTown } from '../test/harness/town.ts'

/** The settings of a connected messenger, in a real browser: what is emptied, what is refused, what is shown. */

const root = path.resolve(import.meta.dirname, '..')
execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'bin/build.ts'], { cwd: root })
const town = await openTown({ people: { whatsapp: [folk.whatsapp] } })
const browser = await openBrowser()
after(() => browser.close())

const { link } = await town.api<{ link: string }>('POST', '/agents', {
  name: 'Aino',
  email: 'aino@rye.example',
  role: 'admin',
})
const desk = { width: 1440, height: 900 }
const page = await (await browser.newContext({ locale: 'en-GB', viewport: desk })).newPage()
await page.goto(link)
await page.getByLabel('Your name').fill(' ')
await page.getByLabel('Password').fill('rye bread and butter')
await page.getByRole('button', { name: 'Begin' }).click()

const save = () => page.getByRole('button', { name: 'Save', exact: true }).click()

test('whoever leaves the name empty is told at the name, in plain words and once', async () => {
  await page.getByRole('alert').getByText('Fill this in.').waitFor()
  assert.equal(await page.getByRole('alert').count(), 1)
  await page.getByLabel('Your name').fill('Aino')
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.getByRole('heading', { name: 'Inbox' }).waitFor()
})

describe('the settings of a messenger', () => {
  test('lose a value that is emptied', async () => {
    const place = `/channels/${town.channel('site')}`
    await town.api('PATCH', place, { settings: { answerTime: 'Within an hour' } })
    await page.goto(`${town.server.url}/settings/messengers/${town.channel('site')}`)
    await page.locator('[name="settings.answerTime"]').fill('')
    await save()
    await page.getByText('Saved').waitFor()
    assert.equal((await town.api<Channel>('GET', place)).settings.answerTime, undefined)
  })

  test('say in sight what is wrong, however far below the button was', async () => {
    await page.goto(`${town.server.url}/settings/messengers/${town.channel('whatsapp')}`)
    await page.getByLabel('Name for your team').fill('  ')
    await page.locator('.template-shelf').scrollIntoViewIfNeeded()
    await save()
    const alert = page.getByRole('alert').getByText('Name for your team: Fill this in.')
    await alert.waitFor()
    const { top, bottom } = await alert.evaluate(words => words.getBoundingClientRect().toJSON())
    assert.ok(top > 0 && bottom < desk.height, `it stands at ${top}`)
  })

  test('hand a template in under a name that the network takes', async () => {
    await page.goto(`${town.server.url}/settings/messengers/${town.channel('whatsapp')}`)
    await page.getByRole('button', { name: 'Write a template' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Name').fill('Готово')
    await form.getByLabel('Text').fill('It is ready.')
    await form.getByRole('button', { name: 'Send for approval' }).click()
    await form.getByRole('alert').getByText('Only small Latin letters, digits and underscores.').waitFor()
    await form.getByLabel('Name').fill(' Order is ready! ')
    await form.getByLabel('Language').fill('en-US')
    await form.getByRole('button', { name: 'Send for approval' }).click()
    await page.locator('.template-shelf').getByText('order_is_ready', { exact: true }).waitFor()
  })

  test('show how tabs below a chat will look', async () => {
    const world = createWorld(wechatWire, { name: 'Rowan & Rye', people: [] })
    after(() => world.close())
    const menu = { entries: [{ label: '营业时间' }, { label: '订蛋糕' }] }
    const settings = { ...wechatWire.settings(world), baseUrl: 'http://127.0.0.1:9', menu }
    const { id } = await town.api<Channel>('POST', '/channels', { kind: 'wechat', name: 'WeChat', settings })
    await page.goto(`${town.server.url}/settings/messengers/${id}`)
    const look = page.getByRole('figure', { name: 'As customers see it' })
    await look.getByText('订蛋糕').waitFor()
    const [one, two] = await look.locator('li').evaluateAll(tabs => tabs.map(tab => tab.getBoundingClientRect().width))
    assert.ok(Math.abs(one! - two!) < 2, `the tabs are ${one} and ${two} wide`)
  })

  test('scold nobody for an entry that was only just added', async () => {
    const editor = page.getByRole('group', { name: 'Menu', exact: true })
    await editor.getByRole('button', { name: 'Add entry' }).click()
    await editor.getByLabel('Entry 3: label').waitFor()
    assert.equal(await editor.getByRole('alert').count(), 0)
    await save()
    await editor.getByLabel('Entry 3: label').and(editor.locator(':focus')).waitFor()
  })
})
