import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { instagramWire } from '../instagram.ts'
import { firstPeople } from '../people.ts'
import { createWorld } from '../world.ts'

/** As the demo starts it: the same account every time, and nothing but that. */
async function started() {
  const world = createWorld(instagramWire, { name: 'Rowan & Rye', people: firstPeople('instagram', () => 0.5) })
  const app = Fastify()
  app.register(async scope => world.mount(scope, ''))
  await app.ready()
  const ask = async (url: string) => (await app.inject(url)).json()
  const close = async () => {
    world.close()
    await app.close()
  }
  return { world, ask, close }
}

test('a token that was made anew is good after a restart too, and what only looks like one is not', async () => {
  const before = await started()
  const { token } = before.world.account
  const path = `/refresh_access_token?grant_type=ig_refresh_token&access_token=${token}`
  const { access_token } = await before.ask(path)
  assert.notEqual(access_token, token)
  await before.close()
  const after = await started()
  const [good, bad] = [
    await after.ask(`/v26.0/me?access_token=${access_token}`),
    await after.ask(`/v26.0/me?access_token=${access_token}x`),
  ]
  assert.equal(good.name, 'Rowan & Rye')
  assert.equal(bad.error.code, 190)
  await after.close()
})
