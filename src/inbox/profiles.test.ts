import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { event, fakeChannel, said } from '../../test/fake-channel.ts'
import { testParley } from '../../test/parley.ts'
import type { Profile } from '../channels/contract.ts'
import { editChannel } from '../connections/connect.ts'

async function known(t: TestContext) {
  const fake = fakeChannel()
  const asked: string[] = []
  const answers: { next: Profile | null | Error } = { next: { name: 'Anna Larsson' } }
  fake.adapter.profile = async of => {
    asked.push(of)
    if (answers.next instanceof Error) throw answers.next
    return answers.next
  }
  const p = await testParley(t, fake)
  return { p, asked, answers }
}

test('who writes for the first time is looked up once, and the screens hear the name', async t => {
  const { p, asked } = await known(t)
  await p.hear(said('u1', 'Hello'), said('u1', 'Anybody there?'))
  await p.hear(said('u1', 'Still me'))
  await p.quiet()
  assert.deepEqual(asked, ['u1'])
  const { contact } = await p.theOne()
  assert.equal(contact.name, 'Anna Larsson')
  const told = p.frames.flatMap(f => f.changes).findLast(c => c.type === 'conversation')
  assert.equal(told?.type === 'conversation' && told.conversation.contact.name, 'Anna Larsson')
})

test('after a week somebody who writes is looked up again', async t => {
  const { p, asked } = await known(t)
  await p.hear(said('u1', 'Hello'))
  await p.quiet()
  await p.db.query(`update contacts set looked_up_at = looked_up_at - interval '8 days'`)
  await p.hear(said('u1', 'Hello again'))
  await p.quiet()
  assert.deepEqual(asked, ['u1', 'u1'])
})

test('a network that fails delays no message and is asked again', async t => {
  const { p, asked, answers } = await known(t)
  answers.next = new Error('away')
  await p.hear(said('u1', 'Hello'))
  assert.equal((await p.theOne()).messages.length, 1)
  await p.quiet()
  answers.next = { name: 'Anna' }
  await p.hurry()
  assert.ok(asked.length >= 2)
  assert.equal((await p.theOne()).contact.name, 'Anna')
})

test('a name that the team wrote stays, groups and receipts are not looked up', async t => {
  const { p, asked } = await known(t)
  await p.hear(said('u1', 'Hello'))
  await p.db.query(`update contacts set name = 'Aunt Anna', named = true`)
  await p.quiet()
  assert.equal((await p.theOne()).contact.name, 'Aunt Anna')
  await p.hear(
    said('g1', 'Hi all', { group: { title: 'Bakers', member: 'Bo' } }),
    event('receipt', { of: 'nothing', status: 'read' }),
  )
  await p.quiet()
  assert.deepEqual(asked, ['u1'])
})

/** A network's own pictures, on this machine. */
async function pictures(t: TestContext): Promise<string> {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  const server = createServer((request, response) => {
    if (request.url === '/face.png') response.end(png)
    else if (request.url === '/page.html') response.end('<html></html>')
    else response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a face is copied, as the network’s address lapses; what is no picture is left out', async t => {
  const { p, answers } = await known(t)
  const baseUrl = await pictures(t)
  await editChannel(p.parley, p.workspaceId, p.channelId, { settings: { baseUrl } })
  answers.next = { name: 'Anna', avatarUrl: `${baseUrl}/face.png` }
  await p.hear(said('u1', 'Hello'))
  await p.quiet()
  assert.match((await p.theOne()).contact.avatarUrl!, /^\/api\/v1\/media\/\d+$/)
  for (const [from, path] of [
    ['u2', '/page.html'],
    ['u3', '/gone.png'],
  ] as const) {
    answers.next = { name: from, avatarUrl: baseUrl + path }
    await p.hear(said(from, 'Hello'))
    await p.quiet()
    const one = (await p.conversations()).find(c => c.contact.name === from)
    assert.ok(one)
    assert.equal(one.contact.avatarUrl, undefined)
  }
})

test('a face that came with the message is copied too, also where the network tells no more', async t => {
  const { p, asked, answers } = await known(t)
  const baseUrl = await pictures(t)
  await editChannel(p.parley, p.workspaceId, p.channelId, { settings: { baseUrl } })
  answers.next = null
  await p.hear(said('u1', 'Hello', { sender: { name: 'Päivi', avatarUrl: `${baseUrl}/face.png` } }))
  const before = await p.theOne()
  await p.quiet()
  const { contact } = await p.theOne()
  assert.deepEqual(asked, ['u1'])
  assert.equal(before.contact.avatarUrl, undefined)
  assert.equal(contact.name, 'Päivi')
  assert.match(contact.avatarUrl!, /^\/api\/v1\/media\/\d+$/)
})
