import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { keepWorlds, remembered, restoreFiles } from './keep.ts'
import { customers } from './people.ts'
import { createReceiver } from './receiver.ts'
import { telegramWire } from './telegram.ts'
import { createWorld, type World } from './world.ts'

const dmitri = { ...customers.telegram, blocked: false }

function folder(t: TestContext): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'parley-keep-'))
  t.after(() => fs.rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** The world as a start of the sandbox in this folder makes it. */
function start(dir: string, t: TestContext): World {
  const memory = remembered(dir).telegram
  const world = createWorld(telegramWire, {
    name: 'Rowan & Rye',
    people: [dmitri],
    haste: 1000,
    ...(memory && { memory }),
  })
  restoreFiles(world, dir, memory)
  t.after(() => world.close())
  return world
}

const photo = { do: 'media', type: 'image', bytes: Buffer.from('pixels'), mime: 'image/jpeg', name: 'a.jpg' } as const

test('after a restart the phones show their history, with files and new people', async t => {
  const dir = folder(t)
  const before = start(dir, t)
  const keeper = keepWorlds([before], dir)
  before.people.set('77', { ...dmitri, id: '77', name: 'Тимур' })
  before.act(dmitri.id, { do: 'text', text: 'Есть хлеб?' })
  before.act('77', photo)
  await keeper.stop()

  const after = start(dir, t)
  assert.deepEqual(after.bubbles, before.bubbles)
  assert.equal(after.people.get('77')!.name, 'Тимур')
  const bytes = [...after.files.values()].map(file => Buffer.from(file.bytes).toString())
  assert.ok(bytes.includes('pixels'))
  assert.deepEqual(after.account, before.account)
})

test('no number is given out twice, even when the end came before the last writing', async t => {
  const dir = folder(t)
  const before = start(dir, t)
  const keeper = keepWorlds([before], dir)
  await keeper.flush()
  const given = Array.from({ length: 900 }, () => before.next())
  const after = start(dir, t)
  assert.ok(after.next() > Math.max(...given))
  await keeper.stop()
})

test('what the business had not taken before the end is brought after the restart', async t => {
  const dir = folder(t)
  const before = start(dir, t)
  const keeper = keepWorlds([before], dir)
  before.act(dmitri.id, { do: 'text', text: 'Первое' })
  before.act(dmitri.id, { do: 'text', text: 'Второе' })
  await keeper.stop()
  before.close()

  const business = await createReceiver()
  t.after(() => business.close())
  const after = start(dir, t)
  after.webhookUrl = business.url
  await after.settled()
  const texts = business.received.map(({ body }) => JSON.parse(body).message.text).sort()
  assert.deepEqual(texts, ['Второе', 'Первое'])
})

test('a change reaches the disk by itself', async t => {
  const dir = folder(t)
  const world = start(dir, t)
  const keeper = keepWorlds([world], dir)
  world.act(dmitri.id, { do: 'text', text: 'Записано' })
  const file = path.join(dir, 'sandbox.json')
  while (!fs.existsSync(file)) await new Promise(done => setImmediate(done))
  assert.match(fs.readFileSync(file, 'utf8'), /Записано/)
  await keeper.stop()
})

test('a kill right after the business heard something finds it on the disk', async t => {
  const dir = folder(t)
  const business = await createReceiver()
  t.after(() => business.close())
  const world = start(dir, t)
  const keeper = keepWorlds([world], dir)
  world.webhookUrl = business.url
  world.act(dmitri.id, { do: 'text', text: 'Слышно?' })
  await business.arrived(1)
  assert.match(JSON.stringify(remembered(dir)), /Слышно/)
  await keeper.stop()
})
