import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Part } from '../../src/domain/message.ts'
import { until } from '../parley.ts'
import { anna, openStage } from './email-stage.ts'
import { wholeParley } from './whole.ts'

test('Through the whole of Parley: a mail with a file comes in, is answered in its thread, and bounces', async t => {
  const { connect, first, messages, say } = await wholeParley(t, 'email')
  const stage = await openStage()
  t.after(() => stage.close())
  await connect('email', { ...stage.settings, importDays: 7 })
  const bytes = new Uint8Array(Buffer.from('%PDF-1.4\n%order\n'))
  stage.world.act(anna.id, {
    do: 'media',
    type: 'file',
    bytes,
    mime: 'application/pdf',
    name: 'order.pdf',
    caption: 'Hi',
  })
  const conversation = await first()
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
