import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import Fastify from 'fastify'
import { messengerWire } from '../sandbox/messenger.ts'
import { appId } from '../sandbox/meta/ids.ts'
import { createWorld } from '../sandbox/world.ts'
import type { Channel } from '../src/api/shapes.ts'
import { openBrowser } from '../test/browser.ts'
import { openTown } from '../test/harness/town.ts'

/** Connecting by signing in, in a real browser: the button, the provider's page, and back. */

const root = path.resolve(import.meta.dirname, '..')
execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'bin/build.ts'], { cwd: root })
const town = await openTown()
const world = createWorld(messengerWire, { name: 'Rowan & Rye', people: [] })
const provider = Fastify()
provider.register(async scope => world.mount(scope, ''))
await provider.listen({ host: '127.0.0.1', port: 0 })
const browser = await openBrowser()
after(async () => {
  await browser.close()
  world.close()
  await provider.close()
})
const baseUrl = `http://127.0.0.1:${(provider.server.address() as AddressInfo).port}`
world.baseUrl = baseUrl
const settings = { ...messengerWire.settings(world), baseUrl }
const made = await town.api<Channel>('POST', '/channels', { kind: 'messenger', name: 'Our page', settings })

const { link } = await town.api<{ link: string }>('POST', '/agents', {
  name: 'Aino',
  email: 'aino@rye.example',
  role: 'admin',
})
const page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
await page.goto(link)
await page.getByLabel('Password').fill('rye bread and butter')
await page.getByRole('button', { name: 'Begin' }).click()
await page.getByRole('heading', { name: 'Inbox' }).waitFor()

describe('signing in at a provider', () => {
  test('renews a connected account at one press', async () => {
    await page.goto(`${town.server.url}/settings/messengers/${made.id}`)
    await page.getByRole('button', { name: 'Sign in again with Facebook' }).click()
    await page.getByText('Parley asks for access to Rowan & Rye').waitFor()
    await page.getByRole('link', { name: 'Allow', exact: true }).click()
    await page.getByRole('heading', { name: 'Our page' }).waitFor()
    assert.equal(new URL(page.url()).pathname, `/settings/messengers/${made.id}`)
    const { account } = await town.api<Channel>('GET', `/channels/${made.id}`)
    assert.equal(account, 'Rowan & Rye')
  })

  test('that was not agreed to says so, and begins again where it began', async () => {
    await page.getByRole('button', { name: 'Sign in again with Facebook' }).click()
    await page.getByRole('link', { name: 'Do not allow' }).click()
    await page.getByRole('alert').getByText('It was not agreed to at the provider, so nothing was changed.').waitFor()
    await page.getByRole('button', { name: 'Begin again' }).click()
    await page.getByRole('heading', { name: 'Our page' }).waitFor()
  })

  test('connects an account with the application of another, or says what is needed', async () => {
    await page.goto(`${town.server.url}/settings/messengers/connect-messenger`)
    await page.getByText('With the application that “Our page” was connected with.').waitFor()
    await page.getByRole('button', { name: 'Use another application' }).click()
    await page.getByText('/settings/messengers/connect-back').waitFor()
    await page.getByLabel('App ID').fill(appId(world))
    await page.goto(`${town.server.url}/settings/messengers/connect-messenger`)
    await page.getByRole('button', { name: 'Sign in with Facebook' }).click()
    await page.getByRole('link', { name: 'Allow', exact: true }).click()
    const connect = page.getByRole('button', { name: 'Connect', exact: true }).last()
    await page.getByLabel('Rowan & Rye').uncheck()
    assert.ok(await connect.isDisabled(), 'nothing is chosen')
    await page.getByLabel('Rowan & Rye').check()
    await connect.click()
    await page.getByRole('heading', { name: 'Our page' }).waitFor()
  })

  test('that is too old or strange says so in plain words', async () => {
    await page.goto(`${town.server.url}/settings/messengers/connect-back?code=c&state=${'x'.repeat(43)}`)
    await page.getByText('This sign-in took longer than half an hour').waitFor()
  })

  for (const colorScheme of ['light', 'dark'] as const)
    test(`can be used by everybody in the ${colorScheme} theme`, async () => {
      const context = await browser.newContext({
        storageState: await page.context().storageState(),
        locale: 'en-GB',
        colorScheme,
      })
      const other = await context.newPage()
      for (const [place, button] of [
        ['connect-email', 'Sign in with Microsoft'],
        ['connect-instagram', 'Sign in with Instagram'],
      ] as const) {
        await other.goto(`${town.server.url}/settings/messengers/${place}`)
        await other.getByRole('button', { name: button }).click()
        await other.getByText('Redirect address').waitFor()
        const { violations } = await new AxeBuilder({ page: other }).analyze()
        assert.deepEqual(
          violations.map(v => `${place} ${v.id} ${v.nodes[0]?.target}`),
          [],
        )
      }
      await context.close()
    })
})
