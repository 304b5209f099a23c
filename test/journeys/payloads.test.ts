import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import type { Channel, Conversation, Delivery } from '../../src/api/shapes.ts'
import { everyItem } from '../harness/api.ts'
import { openTown } from '../harness/town.ts'
import { until } from '../harness/until.ts'

// Bodies from other projects' test suites and from real traffic, in ../shared/data/payloads; without them there is nothing to post.
const folder = path.resolve(import.meta.dirname, '../../../shared/data/payloads')
const town = await openTown()

for (const kind of ['whatsapp', 'telegram', 'viber'] as const)
  test(`webhooks as others have recorded them for ${kind} are taken, read and shown`, async t => {
    const bodies = bodiesOf(kind)
    if (!bodies.length) return t.diagnostic('The recorded webhooks (shared/data/payloads) are not here.')
    const world = town.world(kind)
    const channel = town.channel(kind)
    const before = await everyItem<Delivery>(town.api, `/deliveries?channel=${channel}&limit=200`)
    for (const body of bodies) {
      const answer = await fetch(world.webhookUrl!, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...world.wire.sign(Buffer.from(body), world) },
        body,
      })
      assert.equal(answer.status, 200, body.slice(0, 200))
    }
    const all = await until('all are worked on', async () => {
      const now = await everyItem<Delivery>(town.api, `/deliveries?channel=${channel}&limit=200`)
      return now.every(d => d.state !== 'new') && now.length === before.length + bodies.length ? now : undefined
    })
    const aside = all.filter(d => d.state === 'quarantined')
    assert.deepEqual(
      aside.map(d => `${d.error} ${d.body.slice(0, 100)}`),
      [],
      'none is set aside',
    )
    const { health } = await town.api<Channel>('GET', `/channels/${channel}`)
    const people = (await everyItem<Conversation>(town.api, '/conversations?view=all&limit=200')).filter(
      c => c.channelId === channel,
    )
    const lines = await Promise.all(people.map(async c => (await town.thread(c)).length))
    const shown = lines.reduce((a, b) => a + b, 0)
    t.diagnostic(
      `${bodies.length} webhooks: ${people.length} conversations, ${shown} lines, ${health.unsupported} of them unknown`,
    )
    assert.ok(people.length > 0 && shown > 0 && health.lastInAt)
    assert.equal((await fetch(`${town.server.url}/readyz`)).status, 200)
  })

/** Every webhook in the folder: files hold one, a list of them, or them under names. */
function bodiesOf(kind: string): string[] {
  const dir = path.join(folder, kind)
  if (!fs.existsSync(dir)) return []
  const files = fs.globSync('**/*.json', { cwd: dir }).sort()
  return files.flatMap(file => webhooksIn(fs.readFileSync(path.join(dir, file), 'utf8'), kind))
}

function webhooksIn(text: string, kind: string): string[] {
  const whole: unknown = JSON.parse(text)
  if (isOneOf(whole, kind)) return [text]
  return Object.values(whole as object).flatMap(value => (isOneOf(value, kind) ? [JSON.stringify(value)] : []))
}

function isOneOf(value: unknown, kind: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  return { whatsapp: 'entry', telegram: 'update_id', viber: 'event' }[kind]! in value
}
