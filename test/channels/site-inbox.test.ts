import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { visitor } from '../../sandbox/site.ts'
import { insertAgent } from '../../src/accounts/store.ts'
import type { SayablePart } from '../../src/api/shapes.ts'
import { readConfig } from '../../src/config.ts'
import { connectChannel } from '../../src/connections/connect.ts'
import { listConversations, listMessages } from '../../src/inbox/list.ts'
import { reply } from '../../src/inbox/reply.ts'
import { assemble } from '../../src/start.ts'
import { testDatabase } from '../database.ts'
import { makeWorkspace } from '../parley.ts'

/** All of Parley with one website chat and its agent Aino, listening. */
async function openParley(t: TestContext) {
  let close = async () => {}
  t.after(() => close())
  const db = await testDatabase(t)
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-test-site-'))
  const config = readConfig({
    PARLEY_DATA: data,
    PARLEY_PUBLIC_URL: 'https://chat.example',
    PARLEY_SECRET_KEY: 'ab'.repeat(32),
  })
  const parley = await assemble({ config, db, log: pino({ level: 'silent' }), demo: false })
  close = async () => {
    await parley.close()
    fs.rmSync(data, { recursive: true, force: true })
  }
  const workspaceId = await makeWorkspace(db, `site-${randomUUID()}`)
  const aino = await insertAgent(db, workspaceId, { email: 'aino@rye.example', name: 'Aino', role: 'agent' })
  const made = await connectChannel(parley, workspaceId, { kind: 'site', name: 'Shop', settings: {} })
  assert.ok(made.ok && aino)
  const by = { type: 'agent' as const, id: aino.id, name: aino.name }
  const url = await parley.app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    channelId: made.channel.id,
    conversations: async () =>
      (await listConversations(db, workspaceId, { view: 'all', agentId: null, limit: 10 })).items,
    messages: async (conversationId: string) =>
      (await listMessages(db, workspaceId, { conversationId, limit: 100 })).items.reverse(),
    say: (conversationId: string, parts: SayablePart[]) =>
      reply(parley, { workspaceId, conversationId, parts, clientId: randomUUID(), by }),
  }
}

test('Through the whole of Parley: a visitor asks, Aino answers, and each sees what the other did', async t => {
  const shop = await openParley(t)
  const anna = await visitor(shop.url, shop.channelId)
  t.after(anna.close)
  await anna.connect()
  const asked = await anna.text('Do you have rye bread?')
  await anna.until(m => m.ref === asked)
  const [conversation] = await shop.conversations()
  assert.match(conversation?.contact.name ?? '', /^Visitor [0-9A-F]{4}$/)
  const offer: SayablePart = {
    type: 'choices',
    prompt: 'Which?',
    choices: [
      { id: 'a', label: 'Seeded' },
      { id: 'b', label: 'Plain' },
    ],
  }
  await shop.say(conversation!.id, [offer])
  const answer = await anna.until(m => m.from === 'business')
  assert.deepEqual([answer.author, answer.parts], ['Aino', [offer]])
  await anna.acknowledge(answer, 'delivered')
  await anna.acknowledge(answer, 'read')
  await anna.until(m => m.id === answer.id && m.status === 'read')
  await anna.choose({ id: 'a', label: 'Seeded' }, answer.ref)
  const chosen = await anna.until(m => m.parts[0]?.type === 'chosen')
  assert.equal(chosen.replyTo, answer.ref)
  await anna.react(answer.ref, '👍')
  await anna.until(m => m.id === answer.id && m.reactions !== undefined)
  const seen = await shop.messages(conversation!.id)
  assert.deepEqual(
    seen.map(m => [m.direction, m.status, m.reactions?.[0]?.emoji]),
    [
      ['in', 'received', undefined],
      ['out', 'read', '👍'],
      ['in', 'received', undefined],
    ],
  )
})

test('A visitor changes and takes back words and sends a file, and the inbox keeps up', async t => {
  const shop = await openParley(t)
  const anna = await visitor(shop.url, shop.channelId)
  t.after(anna.close)
  await anna.connect()
  const first = await anna.text('Two loafs')
  await anna.edit(first, 'Two loaves')
  await anna.until(m => m.ref === first && m.edited === true)
  const second = await anna.text('Forget it')
  await anna.remove(second)
  await anna.until(m => m.ref === second && m.deleted === true)
  const bytes = Buffer.from('Allergens: none')
  const third = await anna.file({ bytes, mime: 'text/plain', name: 'allergens.txt' })
  const file = await anna.until(m => m.ref === third)
  const part = file.parts[0] as { url: string; name: string }
  assert.equal(part.name, 'allergens.txt')
  assert.equal(await (await fetch(shop.url + part.url)).text(), 'Allergens: none')
  const [conversation] = await shop.conversations()
  const seen = await shop.messages(conversation!.id)
  assert.deepEqual(
    seen.map(m => [m.externalId, m.editedAt !== undefined, m.deletedAt !== undefined]),
    [
      [first, true, false],
      [second, false, true],
      [third, false, false],
    ],
  )
})
