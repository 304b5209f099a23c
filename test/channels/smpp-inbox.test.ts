import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { tell } from '../../sandbox/smpp/air.ts'
import { centreOf, type Letter, pump } from '../../sandbox/smpp/centre.ts'
import { smppWire } from '../../sandbox/smpp.ts'
import { infobipWire, kannelWire, smsGatewayWire } from '../../sandbox/sms-gateway.ts'
import type { Wire } from '../../sandbox/wire.ts'
import { insertAgent } from '../../src/accounts/store.ts'
import type { Message } from '../../src/api/shapes.ts'
import { connectChannel, setUp } from '../../src/connections/connect.ts'
import { listConversations, listMessages } from '../../src/inbox/list.ts'
import { reply } from '../../src/inbox/reply.ts'
import { testDatabase } from '../database.ts'
import { makeWorkspace, until } from '../parley.ts'
import { anna } from './smpp-stage.ts'
import { publicUrl, startParley } from './whole.ts'
import { openWorld } from './wired.ts'

async function openShop(t: TestContext, wire: Wire) {
  let close = async () => {}
  t.after(() => close())
  const db = await testDatabase(t)
  const { world, close: closeWorld } = await openWorld(wire, { people: [anna], haste: 100 })
  const served = await wire.serve?.(world)
  let running = await startParley(db, 'smpp')
  close = async () => {
    await served?.close()
    await closeWorld()
    await running.close()
  }
  world.reach = to => to.replace(publicUrl, running.url)
  const workspaceId = await makeWorkspace(db, `smpp-${randomUUID()}`)
  const aino = await insertAgent(db, workspaceId, { email: 'aino@rye.example', name: 'Aino', role: 'agent' })
  const settings = { baseUrl: world.baseUrl, ...wire.settings(world) }
  const made = await connectChannel(running.parley, workspaceId, { kind: wire.kind, name: 'Shop', settings })
  assert.ok(made.ok && aino, JSON.stringify(made))
  const connected = await setUp(running.parley, workspaceId, made.channel.id)
  assert.ok(connected?.ok, JSON.stringify(connected))
  world.webhookUrl ??= `${publicUrl}/hooks/${made.channel.id}`
  const by = { type: 'agent' as const, id: aino.id, name: aino.name }
  const conversation = async () =>
    (await listConversations(db, workspaceId, { view: 'all', agentId: null, limit: 10 })).items[0]
  const messages = async () => {
    const conversationId = (await conversation())?.id
    return conversationId ? (await listMessages(db, workspaceId, { conversationId, limit: 100 })).items.reverse() : []
  }
  return {
    world,
    messages,
    /** How many receipts were heard, and how many of them found their message. */
    receipts: async () =>
      (
        await db.query<{ heard: number; found: number }>(
          'select count(*)::int as heard, count(*) filter (where applied)::int as found from receipts',
        )
      ).rows[0]!,
    /** The newest message that is so. */
    message: (so: (message: Message) => boolean, what: string) =>
      until(async () => (await messages()).findLast(so), what),
    async say(text: string) {
      const parts = [{ type: 'text' as const, text }]
      const conversationId = (await conversation())!.id
      return reply(running.parley, { workspaceId, conversationId, parts, clientId: randomUUID(), by })
    },
    async restart() {
      await running.close()
      running = await startParley(db, 'smpp')
    },
  }
}

const wordsOf = (message: Message): string => message.parts.map(p => (p.type === 'text' ? p.text : p.type)).join('|')
const says = (words: string) => (message: Message) => wordsOf(message) === words

for (const [name, wire] of [
  ['SMPP', smppWire],
  ['SMSC.ru', smsGatewayWire],
  ['Infobip', infobipWire],
  ['Kannel', kannelWire],
] as const)
  test(`through the whole of Parley, ${name}: words come, answers go and are told delivered, STOP is obeyed`, async t => {
    const { world, message, say } = await openShop(t, wire)
    world.act(anna.id, { do: 'text', text: 'Onko ruisleipää? 🍞' })
    await message(says('Onko ruisleipää? 🍞'), 'the question arrives')
    const answer = `On, ja ${'tuoretta '.repeat(30)}`.trim()
    await say(answer)
    await message(m => says(answer)(m) && m.status === 'delivered', 'the answer is told delivered')
    assert.deepEqual(world.bubbles.at(-1)?.parts, [{ type: 'text', text: answer }])
    world.act(anna.id, { do: 'text', text: 'STOP' })
    await message(says('STOP'), 'STOP arrives')
    assert.match(JSON.stringify(await say('Still there?')), /opted-out/)
  })

test('through the whole of Parley, SMPP: nothing is lost and nothing doubled when the parts of a message straddle a restart', async t => {
  const { world, message, messages, restart, say } = await openShop(t, smppWire)
  world.act(anna.id, { do: 'text', text: 'hello' })
  await message(says('hello'), 'the first words arrive')
  const text = 'rye bread with seeds '.repeat(20)
  // The centre hands out one part, then Parley is gone.
  centreOf(world).window = 0
  world.act(anna.id, { do: 'text', text })
  const held = centreOf(world).waiting.splice(1)
  centreOf(world).window = 10
  pump(world)
  await until(
    async () => !centreOf(world).waiting.length && ![...centreOf(world).binds].some(b => b.outstanding.size),
    'the first part is taken',
  )
  await restart()
  centreOf(world).waiting.push(...held)
  pump(world)
  await message(says(text), 'the whole message arrives')
  world.act(anna.id, { do: 'text', text: 'hello' })
  await until(async () => (await messages()).length === 3, 'the same words later are another message')
  await say('Hei')
  await message(m => says('Hei')(m) && m.status === 'delivered', 'the answer is told delivered')
})

test('through the whole of Parley, SMPP: an answer in three parts is delivered when all are, and failed with one', async t => {
  const { world, message, receipts, say } = await openShop(t, smppWire)
  const centre = centreOf(world)
  world.act(anna.id, { do: 'text', text: 'hello' })
  await message(says('hello'), 'the first words arrive')
  /** Says it, and holds the receipts of its parts. */
  const inThree = async (text: string): Promise<Letter[]> => {
    centre.window = 0
    await say(text)
    await message(m => says(text)(m) && m.status === 'sent', 'the answer is sent')
    await until(async () => centre.waiting.length === 3, 'the telephone told of three parts')
    centre.window = 10
    return centre.waiting.splice(0)
  }
  const hear = async (letter: Letter, count: number) => {
    centre.waiting.push(letter)
    pump(world)
    await until(async () => (await receipts()).found === count, `${count} receipts are heard`)
  }
  const first = 'rye bread with seeds '.repeat(20)
  const delivered = await inThree(first)
  for (const [i, letter] of delivered.toReversed().entries()) {
    await hear(letter, i + 1)
    const status = i < 2 ? 'sent' : 'delivered'
    await message(m => says(first)(m) && m.status === status, `after ${i + 1} receipts it is ${status}`)
  }
  const second = 'oat bread with seeds '.repeat(20)
  const [one, two, three] = await inThree(second)
  // The telephone was switched off for the part in the middle.
  tell(idIn(two!), { person: { ...anna, blocked: true }, world })
  await until(async () => (await receipts()).found === 4, 'the failure is heard')
  for (const [i, letter] of [three!, one!].entries()) await hear(letter, 5 + i)
  const failed = await message(says(second), 'the second answer is there')
  assert.equal(failed.status, 'failed')
  assert.match(failed.failure?.detail ?? '', /UNDELIV, error 027/)
  assert.deepEqual(await receipts(), { heard: 6, found: 6 })
  await message(m => says(first)(m) && m.status === 'delivered', 'the first answer stays delivered')
})

const idIn = ({ content }: Letter): string =>
  /id:(\w+)/.exec(Buffer.from(content.fields!.shortMessage!).toString())![1]!
