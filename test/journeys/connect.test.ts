import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import type { Channel } from '../../src/api/shapes.ts'
import { startParley } from '../harness/server.ts'
import { folk } from '../harness/town.ts'
import { mountWorlds } from '../harness/worlds.ts'

/** Connecting as an administrator does it: settings, one press of the button, and what the button answers. */

const people = { telegram: [folk.telegram], viber: [folk.viber], whatsapp: [folk.whatsapp] }
const sandbox = await mountWorlds({ people })
after(() => sandbox.close())

interface Done {
  account: string
  proof: { by?: string; words?: string; failed?: string }
}

async function connectAll(server: Awaited<ReturnType<typeof startParley>>, but?: string) {
  const done: Record<string, Done & { channel: Channel }> = {}
  for (const world of sandbox.worlds) {
    const { kind } = world.wire
    if (kind === but) continue
    const settings = { ...world.wire.settings(world), baseUrl: world.baseUrl }
    const { id } = await server.api<Channel>('POST', '/channels', { kind, name: kind, settings })
    const answer = await server.api<Done>('POST', `/channels/${id}/setup`)
    done[kind] = { ...answer, channel: await server.api<Channel>('GET', `/channels/${id}`) }
  }
  return done
}

test('one press names the account, shows its picture and proves that the messenger reaches us', async () => {
  const server = await startParley({ database: 'shared' })
  const { viber, telegram, whatsapp } = await connectAll(server)
  assert.equal(viber?.account, 'Rowan & Rye')
  assert.deepEqual(viber.proof, { by: 'event', words: 'The messenger reached us.' })
  assert.equal(whatsapp?.proof.by, 'event', 'Meta shakes hands before it takes an address')
  assert.equal(telegram?.proof.by, 'knock', 'Telegram calls with the first message only')
  assert.match(telegram.proof.words!, /shows with the first message/)
  for (const { channel } of [viber, telegram]) {
    assert.deepEqual(channel.health.problems, [])
    assert.match(channel.pictureUrl!, /^\/api\/v1\/media\/\d+$/)
    const authorization = `Bearer ${server.key}`
    const picture = await fetch(server.url + channel.pictureUrl!, { headers: { authorization } })
    assert.equal(picture.headers.get('content-type'), 'image/png')
    assert.equal((await fetch(server.url + channel.pictureUrl!)).status, 401, 'it is private')
    assert.ok(!JSON.stringify(channel).includes('/icon.png'), 'nothing leads to the provider')
  }
})

test('an address that leads elsewhere is told, and the channels are connected all the same', async () => {
  const elsewhere = createServer((_, response) => response.end('Welcome!')).listen(0, '127.0.0.1')
  await once(elsewhere, 'listening')
  after(() => elsewhere.close())
  const publicUrl = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
  const server = await startParley({ database: 'shared', env: { PARLEY_PUBLIC_URL: publicUrl } })
  // Meta takes no address that does not return the challenge.
  const { viber, telegram } = await connectAll(server, 'whatsapp')
  for (const one of [viber, telegram]) {
    assert.match(one!.proof.failed!, /^Somebody else answers at .* \(status 200\)/)
    assert.ok(one!.account)
    assert.deepEqual(
      one!.channel.health.problems.map(p => p.code),
      ['unproven'],
    )
    assert.equal(one!.channel.health.state, 'watch')
  }
})
