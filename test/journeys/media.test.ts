import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import type { Refused } from '../harness/api.ts'
import { folk, openTown } from '../harness/town.ts'
import { picture } from './files.ts'

const town = await openTown()

test('a file is what its content says, whatever it is called', async () => {
  const html = Buffer.from('<!doctype html><script>alert(1)</script>')
  for (const kind of ['whatsapp', 'telegram', 'viber'] as const) {
    town.act(kind, { do: 'media', type: 'image', bytes: html, mime: 'image/jpeg', name: 'cat.jpg' })
    const message = await town.message(await town.conversation(kind), 'the file is here', m => {
      const part = m.parts[0]!
      return m.direction === 'in' && 'state' in part && part.state === 'ready'
    })
    const part = message.parts[0]!
    assert.ok('mime' in part && !/^image|html/.test(part.mime!), JSON.stringify(part))
    const file = await fetch(town.server.url + part.url, { headers: { authorization: `Bearer ${town.server.key}` } })
    assert.match(file.headers.get('content-disposition')!, /^attachment/)
    assert.equal(file.headers.get('x-content-type-options'), 'nosniff')
  }
})

test('a picture sent as a file is a picture again on our side of the wire', async () => {
  const { type, mime } = await town.api<{ type: string; mime: string }>(
    'POST',
    '/media?name=notes.txt',
    await picture(),
    {
      'content-type': 'text/plain',
    },
  )
  assert.deepEqual([type, mime], ['image', 'image/jpeg'])
})

test('an answer cannot make the server fetch from inside the network', async () => {
  town.act('whatsapp', { do: 'text', text: 'Send me the menu' })
  const conversation = await town.conversation('whatsapp')
  for (const url of [
    'http://127.0.0.1:8081/menu.jpg',
    'http://localhost:8081/x',
    'http://[::1]/x',
    'http://169.254.169.254/',
    'file:///etc/passwd',
  ])
    await assert.rejects(town.answer(conversation, [{ type: 'image', url }]), (error: Refused) => {
      assert.equal(error.status, 400, url)
      assert.match(error.problem.detail!, /inside the network|neither an address/)
      return true
    })
})

test('a provider’s link that leads into the network is not followed, and the message says why', async t => {
  const secret = Fastify()
  const asked: string[] = []
  secret.addHook('onRequest', async request => void asked.push(request.url))
  const inside = await secret.listen({ host: '127.0.0.1', port: 0 })
  const meta = Fastify()
  const base: string = await meta
    .get('/v24.0/:file', async () => ({ url: `${base}/download`, mime_type: 'image/jpeg' }))
    .get('/download', (_request, reply) => reply.redirect(`${inside}/latest/meta-data`))
    .listen({ host: '127.0.0.1', port: 0 })
  t.after(() => Promise.all([secret.close(), meta.close()]))
  await town.api('PATCH', `/channels/${town.channel('whatsapp')}`, { settings: { baseUrl: base } })
  town.act('whatsapp', { do: 'media', type: 'image', bytes: await picture(), mime: 'image/jpeg', name: 'trap.jpg' })
  const message = await town.message(await town.conversation('whatsapp'), 'the file has failed', m => {
    const part = m.parts[0]!
    return m.direction === 'in' && 'state' in part && part.state === 'failed'
  })
  const part = message.parts[0]!
  assert.ok('failure' in part && /outside its own/.test(part.failure!), JSON.stringify(part))
  assert.deepEqual(asked, [])
  await town.api('PATCH', `/channels/${town.channel('whatsapp')}`, {
    settings: { baseUrl: town.world('whatsapp').baseUrl },
  })
})

test(`a file that the provider no longer has does not cost the message: ${folk.telegram.name}’s caption is there`, async () => {
  const world = town.world('telegram')
  world.faults.slowMs = 200
  town.act('telegram', {
    do: 'media',
    type: 'image',
    bytes: await picture(),
    mime: 'image/jpeg',
    name: 'gone.jpg',
    caption: 'Look!',
  })
  world.files.clear()
  world.faults.slowMs = 0
  const conversation = await town.conversation('telegram')
  const message = await town.message(conversation, 'the file has failed', m => {
    const part = m.parts[0]!
    return 'state' in part && part.state === 'failed'
  })
  const part = message.parts[0]!
  assert.ok('caption' in part && part.caption === 'Look!' && /lost this file/.test(part.failure!), JSON.stringify(part))
})
