import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Delivery } from '../../src/api/shapes.ts'
import type { Refused } from '../harness/api.ts'
import { folk, openTown } from '../harness/town.ts'
import { until } from '../harness/until.ts'
import type { Messenger } from '../harness/worlds.ts'

const town = await openTown()

/** Posts this body as the provider would, signed with the account's own secret. */
async function post(kind: Messenger, body: string | Buffer, headers?: Record<string, string>): Promise<Response> {
  const bytes = Buffer.from(body)
  const world = town.world(kind)
  return fetch(world.webhookUrl!, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(headers ?? world.wire.sign(bytes, world)) },
    body: new Uint8Array(bytes),
  })
}

const deliveries = async (kind: string, state: string): Promise<Delivery[]> =>
  (await town.api<{ items: Delivery[] }>('GET', `/deliveries?channel=${town.channel(kind)}&state=${state}`)).items

test('a body larger than any provider sends is refused with 413, and the door stays open', async () => {
  const answer = await post('whatsapp', Buffer.alloc(5_000_000, 'a'))
  assert.equal(answer.status, 413)
  assert.equal((await post('whatsapp', '{"object":"whatsapp_business_account","entry":[]}')).status, 200)
})

test('a webhook that the provider did not sign is refused with 401, stored nowhere, and shows in the channel’s health', async () => {
  const forged = {
    whatsapp: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
    telegram: { 'x-telegram-bot-api-secret-token': 'guessed' },
    viber: { 'x-viber-content-signature': '0'.repeat(64) },
  }
  for (const kind of ['whatsapp', 'telegram', 'viber'] as const) {
    await until('what came before is ingested', async () => !(await deliveries(kind, 'new')).length)
    const before = (await deliveries(kind, 'done')).length
    for (const headers of [forged[kind], {}]) assert.equal((await post(kind, '{"a":1}', headers)).status, 401)
    await until(`${kind} counts two refusals`, async () => (await town.channelNow(kind)).health.rejected >= 2)
    assert.equal((await deliveries(kind, 'done')).length, before)
    assert.ok((await town.channelNow(kind)).health.problems.some(p => p.code === 'rejected'))
  }
})

test('a channel cannot be connected with an empty secret, which everybody could sign with', async () => {
  for (const [kind, secret] of [
    ['whatsapp', 'appSecret'],
    ['telegram', 'webhookSecret'],
    ['viber', 'token'],
  ] as const)
    for (const empty of ['', '  ']) {
      const settings = { ...town.world(kind).wire.settings(town.world(kind)), [secret]: empty }
      await assert.rejects(town.api('POST', '/channels', { kind, name: 'Open to all', settings }), (error: Refused) => {
        assert.equal(error.status, 400)
        assert.match(JSON.stringify(error.problem), new RegExp(secret))
        return true
      })
    }
})

test('a truncated webhook is kept, set aside where an administrator sees it, and can be run again', async () => {
  for (const kind of ['whatsapp', 'telegram', 'viber'] as const) {
    assert.equal((await post(kind, '{"update_id":1,"object":"whats')).status, 200)
    const [aside] = await until(`${kind} sets it aside`, async () => {
      const found = await deliveries(kind, 'quarantined')
      return found.length ? found : undefined
    })
    assert.equal(aside!.body, '{"update_id":1,"object":"whats')
    assert.match(aside!.error!, /could not be read/)
    assert.deepEqual(await town.api('POST', `/deliveries/${aside!.id}/replay`), { replayed: 1 })
    await until('it is set aside again', async () => (await deliveries(kind, 'quarantined')).length === 1)
    town.act(kind, { do: 'text', text: 'Does it still work?' })
    await town.conversation(kind)
  }
})

test('JSON of another shape is not taken for a message and not dropped', async () => {
  const shapes = ['[]', '"hello"', '42', 'null', '{}', '{"object":"page","entry":[{"id":1}]}', '{"entry":"none"}']
  for (const kind of ['whatsapp', 'telegram', 'viber'] as const) {
    const count = async () => {
      const [done, aside, fresh] = await Promise.all(['done', 'quarantined', 'new'].map(s => deliveries(kind, s)))
      return fresh!.length ? undefined : done!.length + aside!.length
    }
    const before = await until('all is quiet', count)
    for (const shape of shapes) assert.equal((await post(kind, shape)).status, 200)
    await until(`${kind} has kept all of them`, async () => (await count()) === before + shapes.length)
  }
})

test('nobody lives at an unknown address', async () => {
  for (const path of ['/hooks/999999', '/hooks/0', '/hooks/abc', '/hooks/99999999999999999999', '/hooks/'])
    assert.equal((await fetch(town.server.url + path, { method: 'POST', body: '{}' })).status, 404, path)
  assert.equal((await fetch(`${town.server.url}/hooks/1`, { method: 'PUT', body: '{}' })).status, 405)
})

test('an event that nobody has heard of stands in the thread and is counted', async () => {
  for (const kind of ['whatsapp', 'telegram', 'viber'] as const) {
    const world = town.world(kind)
    world.emit('unknown', world.wire.unknownEvent(world.people.get(folk[kind].id)!, world))
    const conversation = await town.conversation(kind)
    await town.message(conversation, `${kind} shows it`, m => m.parts[0]!.type === 'unsupported')
    await until(`${kind} counts it`, async () => (await town.channelNow(kind)).health.unsupported >= 1)
  }
})

test('a number larger than JavaScript can count keeps all its digits on the whole way', async () => {
  town.act('viber', { do: 'text', text: 'How large is my number?' })
  const bubble = town.world('viber').bubbles.at(-1)!
  assert.ok(BigInt(bubble.id) > 2n ** 53n && bubble.id !== String(Number(bubble.id)))
  const conversation = await town.conversation('viber')
  await town.message(conversation, 'it has its own id', m => m.externalId === bubble.id)
  const { id } = await town.answer(conversation, 'This large')
  const answered = await town.message(conversation, 'it is delivered', m => m.id === id && m.status === 'delivered')
  assert.ok(town.world('viber').bubble(answered.externalId!))
})
