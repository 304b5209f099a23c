import assert from 'node:assert/strict'
import { createHmac, randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import { VisitorRefused, visitor } from '../../sandbox/site.ts'
import { openShop } from './site-shop.ts'

const words = (messages: { parts: { type: string; text?: string }[] }[]) =>
  messages.map(m => m.parts.map(p => p.text).join())
const refusedWith = (status: number) => (error: unknown) => error instanceof VisitorRefused && error.status === status

test('A visitor writes, the answer comes over the socket, and both are there after coming back', async t => {
  const shop = await openShop(t)
  const anna = await visitor(shop.url, shop.channelId)
  t.after(anna.close)
  const first = await anna.connect()
  assert.deepEqual(first.messages, [])
  const id = await anna.text('Do you have rye bread?')
  const mine = await anna.until(m => m.ref === id)
  assert.equal(mine.from, 'visitor')
  await shop.answer(anna.session().visitor.address, [{ type: 'text', text: 'We do!' }])
  const answer = await anna.until(m => m.from === 'business')
  assert.equal(answer.author, 'Aino')
  const back = await visitor(shop.url, shop.channelId, { token: anna.session().token })
  assert.deepEqual(words((await back.history()).messages ?? []), ['Do you have rye bread?', 'We do!'])
})

test('First words that arrive while the line is opened come back on it', async t => {
  const shop = await openShop(t)
  const anna = await visitor(shop.url, shop.channelId)
  t.after(anna.close)
  let said: Promise<string> | undefined
  // Just when it was asked which conversation is hers, and she had none.
  const connect = shop.db.pool.connect.bind(shop.db.pool) as (then?: () => void) => Promise<PoolClient>
  const meanwhile = async (then?: () => void) => {
    const client = await connect(then)
    if (then) return client // pg's own way of asking a single thing
    const query = client.query.bind(client) as (asked: { name?: string }, ...more: unknown[]) => Promise<unknown>
    const hooked = async (asked: { name?: string }, ...more: unknown[]) => {
      const answer = await query(asked, ...more)
      if (asked.name === 'site-conversation' && !said) {
        said = anna.text('Hello')
        await said
        await delay(100) // it is told to the line that is being opened
      }
      return answer
    }
    return Object.assign(client, { query: hooked })
  }
  Object.assign(shop.db.pool, { connect: meanwhile })
  await anna.connect()
  const id = await said
  assert.equal((await anna.until(m => m.ref === id)).from, 'visitor')
})

test('The same event sent again, by every tab and after a lost answer, is one message', async t => {
  const shop = await openShop(t)
  const anna = await visitor(shop.url, shop.channelId)
  const id = randomUUID()
  shop.break()
  await assert.rejects(anna.text('Hello', { id }), refusedWith(503))
  shop.mend()
  await Promise.all([anna.text('Hello', { id }), anna.text('Hello', { id }), anna.text('Hello', { id })])
  assert.equal((await shop.messages()).length, 1)
})

test('After a break the socket brings exactly what was missed', async t => {
  const shop = await openShop(t)
  const anna = await visitor(shop.url, shop.channelId)
  t.after(anna.close)
  await anna.connect()
  const id = await anna.text('One')
  await anna.until(m => m.ref === id)
  const closed = new Promise(resolve => anna.events.once('closed', resolve))
  anna.close()
  await closed
  await shop.answer(anna.session().visitor.address, [{ type: 'text', text: 'Two' }])
  const missed = await anna.connect()
  assert.equal(missed.reset, undefined)
  assert.deepEqual(words(missed.messages ?? []), ['Two'])
  const nothing = await anna.history(`?after=${missed.seq}`)
  assert.deepEqual(nothing.messages, [])
})

test('Whoever was away for long gets the newest page anew, and older pages on request', async t => {
  const shop = await openShop(t)
  const anna = await visitor(shop.url, shop.channelId)
  await anna.text('First')
  for (let n = 1; n <= 60; n++) await shop.answer(anna.session().visitor.address, [{ type: 'text', text: `n${n}` }])
  await shop.db.query('update live_heads set seq = seq + 1000')
  const page = await anna.history('?after=1')
  assert.equal(page.reset, true)
  assert.equal(page.more, true)
  assert.equal(page.messages?.length, 50)
  assert.deepEqual(words(page.messages ?? []).at(-1), 'n60')
  const older = await anna.history(`?before=${page.messages![0]!.id}`)
  assert.equal(older.more, false)
  assert.deepEqual(words(older.messages ?? [])[0], 'First')
})

test('A waiting poll is answered by the next message', async t => {
  const shop = await openShop(t)
  const anna = await visitor(shop.url, shop.channelId)
  await anna.text('Hi')
  const { seq = 0 } = await anna.history()
  const waiting = anna.poll(seq)
  while (!shop.hub.listeners.size) await new Promise(setImmediate)
  await shop.answer(anna.session().visitor.address, [{ type: 'text', text: 'Hello there' }])
  assert.deepEqual(words((await waiting).messages ?? []), ['Hello there'])
  assert.deepEqual((await anna.poll(seq, 0)).messages?.length, 1)
})

test('Notes, happenings, unsent and failed answers never reach the visitor', async t => {
  const shop = await openShop(t)
  const anna = await visitor(shop.url, shop.channelId)
  await anna.text('Hi')
  const [{ conversation_id: conversation }] = (await shop.messages()) as [{ conversation_id: string }]
  await shop.db.query(
    `insert into notes (workspace_id, conversation_id, author_name, text) values ($1, $2, 'Aino', 'secret note')`,
    [shop.workspaceId, conversation],
  )
  for (const [status, parts] of [
    ['queued', [{ type: 'text', text: 'queued secret' }]],
    ['failed', [{ type: 'text', text: 'failed secret' }]],
    ['sent', [{ type: 'system', what: 'secret-happening' }]],
    ['sent', [{ type: 'unsupported', what: 'secret' }]],
  ] as const)
    await shop.db.query(
      `insert into messages (workspace_id, conversation_id, channel_id, direction, author_type, parts, status, at) values ($1, $2, $3, 'out', 'system', $4, $5, now())`,
      [shop.workspaceId, conversation, shop.channelId, JSON.stringify(parts), status],
    )
  const frame = await anna.history()
  assert.deepEqual(words(frame.messages ?? []), ['Hi'])
  assert.doesNotMatch(JSON.stringify(frame), /secret/)
})

test('Delivered and read travel back as receipts, and the visitor sees what was looked at', async t => {
  const shop = await openShop(t)
  const anna = await visitor(shop.url, shop.channelId)
  t.after(anna.close)
  await anna.connect()
  await anna.text('Hi')
  await shop.answer(anna.session().visitor.address, [{ type: 'text', text: 'Hello' }])
  const answer = await anna.until(m => m.from === 'business')
  await anna.acknowledge(answer, 'delivered')
  await anna.acknowledge(answer, 'read')
  await anna.until(m => m.id === answer.id && m.status === 'read')
  assert.deepEqual(
    shop.events.filter(e => e.type === 'receipt').map(e => [e.of, e.status]),
    [
      [answer.ref, 'delivered'],
      [answer.ref, 'read'],
    ],
  )
  assert.equal((await anna.history()).unseen, 1)
})

test('A visitor edits and takes back own words', async t => {
  const shop = await openShop(t)
  const anna = await visitor(shop.url, shop.channelId)
  const id = await anna.text('Two loafs')
  await anna.edit(id, 'Two loaves')
  assert.deepEqual(
    (await anna.history()).messages?.map(m => [m.parts, m.edited]),
    [[[{ type: 'text', text: 'Two loaves' }], true]],
  )
  await anna.remove(id)
  assert.deepEqual(
    (await anna.history()).messages?.map(m => [m.parts, m.deleted]),
    [[[], true]],
  )
})

test('A file goes up once, comes back by an address of its own, and only its uploader may send it', async t => {
  const shop = await openShop(t)
  const anna = await visitor(shop.url, shop.channelId)
  const bytes = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')
  await anna.file({ bytes, mime: 'image/svg+xml', name: 'kuva ä.svg' }, 'Look')
  const [message] = (await anna.history()).messages ?? []
  const part = message?.parts[0] as { url: string; caption: string; media?: string }
  assert.equal(part.caption, 'Look')
  assert.equal(part.media, undefined)
  const answer = await fetch(shop.url + part.url)
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes)
  assert.match(answer.headers.get('content-disposition') ?? '', /^attachment/)
  assert.equal(answer.headers.get('content-type'), 'application/octet-stream')
  const piece = await fetch(shop.url + part.url, { headers: { range: 'bytes=1-3' } })
  assert.deepEqual([piece.status, await piece.text()], [206, 'svg'])
  const forged = part.url.replace(/media\/\d+/, 'media/2')
  assert.equal((await fetch(shop.url + forged)).status, 404)
  const boris = await visitor(shop.url, shop.channelId)
  await assert.rejects(boris.say([{ type: 'file', ticket: 'e30.0123' }]), refusedWith(422))
})

test('An uploaded file sealed for one visitor cannot be sent by another', async t => {
  const shop = await openShop(t)
  const [anna, boris] = [await visitor(shop.url, shop.channelId), await visitor(shop.url, shop.channelId)]
  const up = await fetch(`${shop.url}/widget/${shop.channelId}/files?name=a.txt`, {
    method: 'POST',
    headers: { authorization: `Bearer ${anna.session().token}`, 'content-type': 'text/plain' },
    body: 'hello',
  })
  const { ticket } = (await up.json()) as { ticket: string }
  await assert.rejects(boris.say([{ type: 'file', ticket }]), refusedWith(422))
  await anna.say([{ type: 'file', ticket }])
  assert.equal((await shop.messages()).length, 1)
})

const secret = 'identity-secret-of-the-shop'
const hashed = (identifier: string) => createHmac('sha256', secret).update(identifier).digest('hex')
const jwt = (payload: object, header: object = { alg: 'HS256', typ: 'JWT' }, key = secret) => {
  const text = [header, payload].map(p => Buffer.from(JSON.stringify(p)).toString('base64url')).join('.')
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}
const soon = () => Math.floor(Date.now() / 1000) + 3600

test('Signing in takes the conversation along, and the next device finds it', async t => {
  const shop = await openShop(t, { identitySecret: secret })
  const anna = await visitor(shop.url, shop.channelId)
  await anna.text('Before signing in')
  const before = anna.session()
  const after = await anna.identify({ identifier: 'anna-7', identifier_hash: hashed('anna-7'), name: 'Anna' })
  assert.equal(after.visitor.address, 'user:anna-7')
  assert.notEqual(after.token, before.token)
  await anna.text('After signing in')
  const phone = await visitor(shop.url, shop.channelId, {
    identity: { identity_token: jwt({ sub: 'anna-7', exp: soon() }) },
  })
  assert.deepEqual(words((await phone.history()).messages ?? []), ['Before signing in', 'After signing in'])
  const stolen = await visitor(shop.url, shop.channelId, { token: before.token })
  assert.deepEqual((await stolen.history()).messages, [])
})

test('Nobody comes to a user’s conversation without a proof', async t => {
  const shop = await openShop(t, { identitySecret: secret })
  const anna = await visitor(shop.url, shop.channelId, {
    identity: { identifier: 'anna-7', identifier_hash: hashed('anna-7') },
  })
  await anna.text('My address is …')
  const claimed = await visitor(shop.url, shop.channelId, { identity: { identifier: 'anna-7', name: 'Anna' } })
  assert.equal(claimed.session().visitor.verified, false)
  assert.deepEqual((await claimed.history()).messages, [])
  const wrong = [
    { identifier: 'anna-7', identifier_hash: hashed('anna-8') },
    { identifier_hash: hashed('') },
    { identity_token: jwt({ sub: 'anna-7', exp: soon() }, undefined, 'another key entirely') },
    { identity_token: jwt({ sub: 'anna-7', exp: soon() }, { alg: 'none' }) },
    { identity_token: jwt({ sub: 'anna-7', exp: soon() - 7200 }) },
    { identity_token: jwt({ sub: 'anna-7' }) },
    { identity_token: jwt({ sub: 'anna-7', exp: soon(), aud: '999' }) },
    { identity_token: 'rubbish' },
  ]
  for (const identity of wrong) await assert.rejects(visitor(shop.url, shop.channelId, { identity }), refusedWith(401))
  // The next person at the same computer signs in: a session of their own, and Anna's stays Anna's.
  const boris = await visitor(shop.url, shop.channelId, {
    token: anna.session().token,
    identity: { identifier: 'boris', identifier_hash: hashed('boris') },
  })
  assert.deepEqual((await boris.history()).messages, [])
})

test('Only the allowed sites may show the chat', async t => {
  const shop = await openShop(t, { origins: 'https://shop.example, https://*.rye.example' })
  const ask = (origin: string) =>
    fetch(`${shop.url}/widget/${shop.channelId}/session`, { method: 'POST', headers: { origin }, body: '{}' })
  for (const good of ['https://shop.example', 'https://fi.rye.example', shop.url]) {
    const answer = await ask(good)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('access-control-allow-origin'), good)
  }
  for (const bad of [
    'https://evil.example',
    'http://shop.example',
    'https://shop.example.evil.example',
    'https://notrye.example',
    'null',
  ]) {
    const answer = await ask(bad)
    assert.equal(answer.status, 403)
    assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8')
  }
  const preflight = await fetch(`${shop.url}/widget/${shop.channelId}/events`, {
    method: 'OPTIONS',
    headers: { origin: 'https://shop.example' },
  })
  assert.equal(preflight.status, 204)
  assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /authorization/)
})

test('Who writes too much is asked to wait; nobody else is', async t => {
  const shop = await openShop(t)
  const [noisy, quiet] = [await visitor(shop.url, shop.channelId), await visitor(shop.url, shop.channelId)]
  const flood = Array.from({ length: 60 }, (_, n) => noisy.text(`n${n}`))
  const refused = (await Promise.allSettled(flood)).filter(r => r.status === 'rejected')
  assert.ok(refused.length > 0 && refused.every(r => refusedWith(429)(r.reason)))
  await quiet.text('Good morning')
})

test('Rubbish, strangers and missing channels are refused in words', async t => {
  const shop = await openShop(t)
  const at = `${shop.url}/widget/${shop.channelId}`
  const anna = await visitor(shop.url, shop.channelId)
  const auth = { authorization: `Bearer ${anna.session().token}` }
  const answers = [
    [400, await fetch(`${at}/events`, { method: 'POST', headers: auth, body: '{' })],
    [422, await fetch(`${at}/events`, { method: 'POST', headers: auth, body: '{"events":[{"type":"dance"}]}' })],
    [401, await fetch(`${at}/events`, { method: 'POST', body: '{"events":[]}' })],
    [401, await fetch(`${at}/messages`, { headers: { authorization: 'Bearer AAAAAAAAAAAAAAAAAAAAAA' } })],
    [404, await fetch(`${shop.url}/widget/424242/session`, { method: 'POST', body: '{}' })],
    [413, await fetch(`${at}/events`, { method: 'POST', headers: auth, body: 'x'.repeat(300_000) })],
  ] as const
  for (const [status, answer] of answers) {
    const problem = (await answer.json()) as { status: number; detail: string }
    assert.deepEqual([answer.status, problem.status], [status, status])
    assert.ok(problem.detail.length > 5)
  }
  await assert.rejects((await visitor(shop.url, shop.channelId, { token: 'x' })).text(''), refusedWith(422))
})
