import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { adapters } from '../src/channels/index.ts'
import { faceUrl } from './faces.ts'
import { firstPeople } from './people.ts'
import { wires } from './wires.ts'
import { createWorld } from './world.ts'

test('whoever has a phone has a face at the provider, also while its API is down', async t => {
  const app = Fastify()
  const worlds = wires
    .filter(({ kind }) => adapters.find(adapter => adapter.kind === kind)?.profile)
    .map(wire => createWorld(wire, { name: 'Rowan & Rye', people: firstPeople(wire.kind, () => 0.5) }))
  for (const world of worlds)
    await app.register(async scope => world.mount(scope, `/${world.wire.kind}`), { prefix: `/${world.wire.kind}` })
  t.after(() => app.close())
  assert.ok(worlds.length > 4)
  for (const world of worlds) {
    const [person] = world.people.values()
    world.faults.down = -1
    const answer = await app.inject(faceUrl(world, person!))
    assert.deepEqual([answer.statusCode, answer.headers['content-type']], [200, 'image/jpeg'], world.wire.kind)
    assert.deepEqual(world.log, [])
    assert.equal((await app.inject(faceUrl(world, { id: 'nobody' }))).statusCode, 404)
  }
})
