import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { commentOn } from '../../sandbox/vk/comments.ts'
import type { HttpCall, Io, Piece } from '../../src/channels/contract.ts'
import { vk } from '../../src/channels/vk/index.ts'
import type { Settings } from '../../src/channels/vk/settings.ts'
import { readSpec } from './vk-spec.ts'
import { anna, fresh, openStage, type Stage, to } from './vk-stage.ts'
import { png } from './wired.ts'

const spec = readSpec()

/** Holds every call and every answer against the schema. */
function watched(io: Io<Settings>, wrongs: string[]): Io<Settings> {
  return {
    ...io,
    async http(call: HttpCall) {
      const answer = await io.http(call)
      const method = /\/method\/(.+)$/.exec(call.url)?.[1]
      if (!method || !spec) return answer
      const { access_token, v, ...params } = Object.fromEntries(call.form as URLSearchParams) as Record<string, string>
      assert.ok(access_token && v)
      const json = answer.json as { error?: unknown }
      wrongs.push(
        ...[spec.call(method, params), json.error ? undefined : spec.answer(method, json)].filter(w => w !== undefined),
      )
      return answer
    },
  }
}

async function everythingSaid(stage: Stage, io: Io<Settings>): Promise<void> {
  for (const [url, mime] of [
    ['/m/png', 'image/png'],
    ['/m/pdf', 'application/pdf'],
    ['/m/ogg', 'audio/ogg'],
  ] as const)
    stage.files.set(url, { bytes: png, mime, name: `a.${url.slice(3)}` })
  const of = stage.world.bubbles[0]!.id as never
  const pieces: Piece[] = [
    { type: 'text', text: 'Hi' },
    { type: 'choices', prompt: '?', choices: [{ id: 'a', label: 'A' }] },
    { type: 'location', lat: 1, lon: 2 },
    { type: 'image', url: '/m/png' },
    { type: 'file', url: '/m/pdf' },
    { type: 'voice', url: '/m/ogg' },
    { type: 'reaction', emoji: '👍', of },
    { type: 'reaction', emoji: '', of },
  ]
  for (const piece of pieces) {
    const sent = await vk.send(piece, fresh({ replyTo: of }), io)
    assert.ok(sent.ok, JSON.stringify({ piece, sent }))
  }
  await vk.typing!(to, io)
  await vk.markRead!(of, to, io)
  await vk.profile!(to.address, io)
  const asked = commentOn('How much?', { person: anna }, stage.world)
  const place = `wall-${stage.world.account.id}_28`
  const last = { id: `${place}_${asked}` as never, at: new Date() }
  assert.ok(
    (await vk.send({ type: 'text', text: 'x' }, fresh({ address: `${place}:${anna.id}` as never, last }), io)).ok,
  )
}

function everythingDone(stage: Stage): void {
  const { world } = stage
  const file = { do: 'media', bytes: png, mime: 'image/png', name: 'a.png' } as const
  for (const type of ['image', 'file', 'voice', 'sticker'] as const) world.act(anna.id, { ...file, type })
  const first = world.bubbles[0]!.id
  world.act(anna.id, { do: 'text', text: 'about that', replyTo: first })
  world.act(anna.id, { do: 'location', lat: 1, lon: 2 })
  world.act(anna.id, { do: 'edit', bubble: first, text: 'x' })
  world.act(anna.id, { do: 'react', bubble: first, emoji: '👍' })
  world.act(anna.id, { do: 'start', ref: 'flyer' })
  world.act(anna.id, { do: 'look' })
  for (const doing of ['block', 'unblock'] as const) world.act(anna.id, { do: doing })
}

describe('vk: the published schema as the judge', () => {
  for (const receive of ['callback', 'longpoll'] as const)
    test(`accepts every call of ours, every answer and every event of the simulator (${receive})`, async t => {
      if (!spec) return
      const stage = await openStage({ receive })
      t.after(() => stage.close())
      const wrongs: string[] = []
      const io = watched(stage.io, wrongs)
      assert.equal((await vk.setup!(stage.business.url, io)).ok, true)
      if (receive === 'longpoll') stage.world.webhookUrl = stage.business.url
      stage.world.act(anna.id, { do: 'text', text: 'hello' })
      await everythingSaid(stage, io)
      everythingDone(stage)
      if (receive === 'callback') await stage.business.heard('watermark')
      await stage.world.settled()
      const heard = stage.business.requests.map(request => JSON.parse(new TextDecoder().decode(request.body)))
      const types = new Set<string>()
      for (const { type, object, event_id, secret, group_id, v } of heard.filter(
        event => event.type !== 'confirmation',
      )) {
        types.add(type)
        assert.ok(event_id && secret && group_id && v)
        const wrong = spec.event(type, object)
        if (wrong) wrongs.push(`${type}: ${wrong} in ${JSON.stringify(object)}`)
      }
      assert.deepEqual(wrongs, [])
      if (receive === 'callback') assert.ok(types.size >= 8, [...types].join())
    })
})
