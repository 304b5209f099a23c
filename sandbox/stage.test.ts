import assert from 'node:assert/strict'
import fs from 'node:fs'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { found } from '../src/accounts/found.ts'
import type { Channel, Conversation, Message } from '../src/api/shapes.ts'
import { readConfig } from '../src/config.ts'
import type { Database } from '../src/db/connect.ts'
import { assemble } from '../src/start.ts'
import { testDatabase } from '../test/database.ts'
import { customers } from './people.ts'
import { setStage } from './stage.ts'

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
  return { ...stage, get, close: () => parley.close() }
}

function folder(t: TestContext): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-demo-'))
  t.after(() => fs.rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('the demo signs its visitor in, connects four channels, and keeps all of it over a restart', async t => {
  const db = await testDatabase()
  const dir = folder(t)
  const first = await demo(db, dir)
  const me = await first.get<{ name: string; demo: boolean; workspace: { name: string } }>('/me')
  assert.deepEqual([me.name, me.workspace.name, me.demo], ['Aino Korhonen', 'Rowan & Rye', true])
  const channels = (await first.get<{ items: Channel[] }>('/channels')).items
  assert.deepEqual(channels.map(c => c.kind).sort(), ['site', 'telegram', 'viber', 'whatsapp'])

  const viber = first.worlds.find(world => world.wire.kind === 'viber')!
  viber.act(customers.viber.id, { do: 'text', text: 'Huomenta!' })
  await viber.settled()
  let theirs: Conversation | undefined
  while (!theirs) {
    const { items } = await first.get<{ items: Conversation[] }>('/conversations?view=all')
    theirs = items.find(c => c.contact.name === customers.viber.name)
  }
  const { items } = await first.get<{ items: Message[] }>(`/conversations/${theirs.id}/messages`)
  assert.ok(items.some(({ parts: [part] }) => part?.type === 'text' && part.text === 'Huomenta!'))
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
