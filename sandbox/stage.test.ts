import assert from 'node:assert/strict'
import fs from 'node:fs'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { found } from '../src/accounts/found.ts'
import type { Channel, Conversation, Message } from '../src/api/shapes.ts'
import { readConfig } from '../src/config.ts'
import type { Database } from '../src/db/connect.ts'
import { type Part, wordsOf } from '../src/domain/message.ts'
import { assemble } from '../src/start.ts'
import { testDatabase } from '../test/database.ts'
import { customers } from './people.ts'
import { setStage } from './stage.ts'
import type { Bubble } from './wire.ts'
import { wires } from './wires.ts'
import type { World } from './world.ts'

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise(done => server.close(done))
  return port
}

/** The demo as `npm run demo` starts it, on a database of the test's own. */
async function demo(db: Database, dir: string) {
  const config = readConfig({ PORT: String(await freePort()), PARLEY_DATA: dir, PARLEY_LOG_LEVEL: 'silent' })
  await found(db, undefined)
  const parley = await assemble({ config, db, log: pino({ level: 'silent' }), demo: true })
  const stage = await setStage(parley)
  await parley.app.listen({ port: config.port, host: '127.0.0.1' })
  await stage.opened
  const url = `http://127.0.0.1:${config.port}`
  const page = await fetch(`${url}/`, { headers: { accept: 'text/html' } })
  const cookie =
    page.headers
      .getSetCookie()
      .find(c => c.startsWith('parley_session='))
      ?.split(';')[0] ?? ''
  const get = async <T>(place: string) =>
    (await (await fetch(`${url}/api/v1${place}`, { headers: { cookie } })).json()) as T
  const post = async (place: string, json: object) => {
    const headers = {
      cookie,
      'x-parley': '1',
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
    }
    const answer = await fetch(`${url}/api/v1${place}`, { method: 'POST', headers, body: JSON.stringify(json) })
    assert.ok(answer.ok, `${place}: ${answer.status}`)
  }
  const { items } = await get<{ items: Channel[] }>('/channels')
  const channels = Object.fromEntries(items.map(channel => [channel.kind, channel.id]))
  return { ...stage, channels, get, post, close: () => parley.close() }
}

function folder(t: TestContext): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-demo-'))
  t.after(() => fs.rmSync(dir, { recursive: true, force: true }))
  return dir
}

type Demo = Awaited<ReturnType<typeof demo>>

const textOf = (parts: readonly Part[]): string => wordsOf(parts).trim()

/** The conversation in which a customer's newest words are these; it comes a moment after they were said. */
async function conversationWith(at: Demo, world: World, words: string): Promise<Conversation> {
  const channel = at.channels[world.wire.kind]
  for (;;) {
    const { items } = await at.get<{ items: Conversation[] }>('/conversations?view=all&limit=100')
    for (const conversation of items.filter(c => c.channelId === channel)) {
      const { items: said } = await at.get<{ items: Message[] }>(`/conversations/${conversation.id}/messages`)
      if (said.some(message => textOf(message.parts as Part[]).includes(words))) return conversation
    }
    await pause(100)
  }
}

/** Resolves with the bubble that shows these words on a phone of the business's customer. */
function shownOn(world: World, words: string): Promise<Bubble> {
  const isIt = (bubble: Bubble) => bubble.from === 'business' && textOf(bubble.parts).includes(words)
  const there = world.bubbles.find(isIt)
  if (there) return Promise.resolve(there)
  return new Promise(done => world.events.on('bubble', (bubble: Bubble) => isIt(bubble) && done(bubble)))
}

test('a text from every phone reaches the inbox of the demo, and the answer comes back to that phone', async t => {
  const at = await demo(await testDatabase(t), folder(t))
  try {
    for (const { wire } of at.worlds) await t.test(wire.kind, () => writesAndIsAnswered(at, wire.kind))
  } finally {
    await at.close()
  }
})

async function writesAndIsAnswered(at: Demo, kind: string): Promise<void> {
  const world = at.worlds.find(w => w.wire.kind === kind)!
  const [person] = world.people.values()
  world.act(person!.id, { do: 'text', text: 'Is number one ready?' })
  const conversation = await conversationWith(at, world, 'Is number one ready?')
  const shown = shownOn(world, 'It is ready, number one.')
  const parts = [{ type: 'text', text: 'It is ready, number one.' }]
  await at.post(`/conversations/${conversation.id}/messages`, { parts })
  assert.equal((await shown).person, person!.id)
}

test('the demo signs its visitor in, connects every channel, and keeps all of it over a restart', async t => {
  const db = await testDatabase(t)
  const dir = folder(t)
  const first = await demo(db, dir)
  const me = await first.get<{ name: string; demo: boolean; workspace: { name: string } }>('/me')
  assert.deepEqual([me.name, me.workspace.name, me.demo], ['Aino Korhonen', 'Rowan & Rye', true])
  const channels = (await first.get<{ items: Channel[] }>('/channels')).items
  assert.deepEqual(channels.map(c => c.kind).sort(), [...wires.map(wire => wire.kind), 'site'].sort())

  const viber = first.worlds.find(world => world.wire.kind === 'viber')!
  viber.act(customers.viber.id, { do: 'text', text: 'Huomenta!' })
  await viber.settled()
  const theirs = await conversationWith(first, viber, 'Huomenta!')
  assert.equal(theirs.contact.name, customers.viber.name)
  await first.close()

  const second = await demo(db, dir)
  const again = (await second.get<{ items: Channel[] }>('/channels')).items
  assert.deepEqual(
    again.map(c => c.id),
    channels.map(c => c.id),
  )
  const shown = second.worlds.find(world => world.wire.kind === 'viber')!.bubbles
  assert.ok(shown.some(bubble => bubble.parts[0]?.type === 'text' && bubble.parts[0].text === 'Huomenta!'))
  await second.close()
})
