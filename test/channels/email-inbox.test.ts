import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { insertAgent } from '../../src/accounts/store.ts'
import { readConfig } from '../../src/config.ts'
import { connectChannel } from '../../src/connections/connect.ts'
import type { Part } from '../../src/domain/message.ts'
import { listConversations, listMessages } from '../../src/inbox/list.ts'
import { reply } from '../../src/inbox/reply.ts'
import { assemble } from '../../src/start.ts'
import { testDatabase } from '../database.ts'
import { makeWorkspace, until } from '../parley.ts'
import { anna, openStage } from './email-stage.ts'

/** All of Parley with one mailbox and its agent Aino. */
async function openParley(t: TestContext) {
  let close = async () => {}
  t.after(() => close())
  const stage = await openStage()
  const db = await testDatabase(t)
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-test-email-'))
  const config = readConfig({ PARLEY_DATA: data, PARLEY_SECRET_KEY: 'ab'.repeat(32) })
  const parley = await assemble({ config, db, log: pino({ level: 'silent' }), demo: false })
  close = async () => {
    await parley.close()
    await stage.close()
    fs.rmSync(data, { recursive: true, force: true })
  }
  const workspaceId = await makeWorkspace(db, `email-${randomUUID()}`)
  const aino = await insertAgent(db, workspaceId, { email: 'aino@rye.example', name: 'Aino', role: 'agent' })
  const settings = { ...stage.settings, importDays: 7 }
  const made = await connectChannel(parley, workspaceId, { kind: 'email', name: 'Shop', settings })
  assert.ok(made.ok && aino, JSON.stringify(made))
  await parley.app.listen({ host: '127.0.0.1', port: 0 })
  const conversations = async () =>
    (await listConversations(db, workspaceId, { view: 'all', agentId: null, limit: 10 })).items
  const messages = async (conversationId: string) =>
    (await listMessages(db, workspaceId, { conversationId, limit: 100 })).items.reverse()
  const by = { type: 'agent' as const, id: aino.id, name: aino.name }
  const say = (conversationId: string, text: string) =>
    reply(parley, { workspaceId, conversationId, parts: [{ type: 'text', text }], clientId: randomUUID(), by })
  return { stage, conversations, messages, say }
}

test('Through the whole of Parley: a mail with a file comes in, is answered in its thread, and bounces', async t => {
  const { stage, conversations, messages, say } = await openParley(t)
  const bytes = new Uint8Array(Buffer.from('%PDF-1.4\n%order\n'))
  stage.world.act(anna.id, {
    do: 'media',
    type: 'file',
    bytes,
    mime: 'application/pdf',
    name: 'order.pdf',
    caption: 'Hi',
  })
  const conversation = await until(async () => (await conversations())[0], 'there is a conversation')
  const lines = () => messages(conversation.id)
  const ready = async () => {
    const parts = (await lines())[0]!.parts as Part[]
    return parts.some(part => part.type === 'file' && part.state !== 'pending') && parts
  }
  const [mail, file] = await until(ready, 'the file is fetched')
  assert.deepEqual(mail, { type: 'mail', subject: 'Hi', text: 'Hi' })
  assert.ok(file?.type === 'file' && file.state !== 'failed', JSON.stringify(file))
  assert.equal(conversation.contact.name, 'Anna Kuk')

  assert.ok((await say(conversation.id, 'Two loaves, on Saturday.')).ok)
  await until(async () => (await lines()).at(-1)?.status === 'sent', 'the answer is sent')
  const answer = stage.world.bubbles.at(-1)!
  assert.deepEqual([answer.subject, answer.replyTo], ['Re: Hi', stage.world.bubbles[0]!.id])

  stage.world.act(anna.id, { do: 'text', text: 'Fine' })
  const heard = await until(async () => (await lines()).length === 3 && (await lines()), 'the next mail is there')
  assert.equal(heard[2]!.replyTo, heard[1]!.id)

  stage.box.bouncing.add(anna.id)
  assert.ok((await say(conversation.id, 'See you')).ok)
  const failed = await until(async () => {
    const last = (await lines()).at(-1)
    return last?.status === 'failed' && last
  }, 'the bounce is told')
  assert.match(failed.failure?.detail ?? '', /mailbox is disabled/)
})
