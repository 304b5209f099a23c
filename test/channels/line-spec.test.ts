import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { Ajv, type ValidateFunction } from 'ajv'
import sharp from 'sharp'
import { parse } from 'yaml'
import { lineWire } from '../../sandbox/line.ts'
import type { Act } from '../../sandbox/wire.ts'
import type { HttpCall, Io, Piece } from '../../src/channels/contract.ts'
import { line } from '../../src/channels/line/index.ts'
import type { Settings } from '../../src/channels/line/settings.ts'
import { fixturesIn } from './fixture.ts'
import { anna, connected, fresh, png } from './line-stage.ts'

// LINE's published OpenAPI (Apache-2.0), read in place from the shared data folder; absent on most machines.
const specs = new URL('../../../shared/data/specs/line/', import.meta.url)

interface Schema {
  allOf?: Schema[]
  discriminator?: { mapping: Record<string, string> }
  properties?: Record<string, Schema>
  required?: string[]
  [key: string]: unknown
}

/** Compiles the schemas of one description, so that `type` decides which one a message, event or action must fit. */
function schemasOf(file: string): (name: string) => ValidateFunction {
  const { components } = parse(readFileSync(new URL(file, specs), 'utf8')) as {
    components: { schemas: Record<string, Schema> }
  }
  const { schemas } = components
  for (const [name, schema] of Object.entries(schemas)) {
    const mapping = schema.discriminator?.mapping
    if (!mapping) continue
    // The heirs name their parent in `allOf`; what is asked of the parent is asked of them already.
    const base = { ...schema }
    delete base.discriminator
    schemas[`${name}Base`] = base
    for (const $ref of Object.values(mapping)) {
      const heir = schemas[$ref.split('/').at(-1)!]
      for (const half of heir?.allOf ?? [])
        if (half.$ref === `#/components/schemas/${name}`) half.$ref = `#/components/schemas/${name}Base`
    }
    schemas[name] = {
      allOf: [
        { $ref: `#/components/schemas/${name}Base` },
        { properties: { type: { enum: Object.keys(mapping) } } },
        ...Object.entries(mapping).map(([type, $ref]) => ({
          if: { properties: { type: { const: type } }, required: ['type'] },
          // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
          then: { $ref },
        })),
      ],
    }
  }
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema({ $id: 'line', components })
  return name => ajv.getSchema(`line#/components/schemas/${name}`)!
}

const fits = (validate: ValidateFunction, value: unknown) =>
  assert.ok(
    validate(value),
    `${JSON.stringify(validate.errors?.slice(0, 3))} in ${JSON.stringify(value).slice(0, 400)}`,
  )

const link = 'https://parley.example/f/1'
const numbered = (count: number, label: string) =>
  Array.from({ length: count }, (_, i) => ({ id: `${i}`, label: `${label} ${i}` }))
const pieces: Piece[] = [
  { type: 'text', text: 'Kiitos' },
  { type: 'location', lat: 60.17, lon: 24.94, name: 'Shop' },
  { type: 'choices', prompt: 'Which?', choices: numbered(3, 'One') },
  { type: 'choices', prompt: 'Which?', choices: numbered(9, 'One') },
  { type: 'choices', prompt: 'Which?', choices: numbered(16, 'One with more words than fit') },
  ...(['image', 'video', 'audio', 'voice', 'file', 'sticker'] as const).map(type => ({ type, url: '/m/1', name: 'a' })),
  { type: 'sticker', url: '', ref: 'sticker/446/1988' },
]

describe('line: the published description as the judge', () => {
  test('a schema that was bent for `type` still tells right from wrong', () => {
    if (!existsSync(specs)) return
    const request = schemasOf('messaging-api.yml')('PushMessageRequest')
    assert.ok(!request({ to: 'U1', messages: [{ type: 'text' }] }))
    assert.ok(!request({ to: 'U1', messages: [{ type: 'telegram', text: 'x' }] }))
    assert.ok(!request({ to: 'U1', messages: [] }))
    assert.ok(request({ to: 'U1', messages: [{ type: 'text', text: 'x' }] }))
  })
  test('what we ask of LINE fits the description, and so does what the simulator answers', async t => {
    if (!existsSync(specs)) return
    const schema = schemasOf('messaging-api.yml')
    const stage = await connected()
    t.after(() => stage.close())
    const calls: [HttpCall, unknown][] = []
    const plain = stage.io({ linkTo: () => link })
    const io: Io<Settings> = {
      ...plain,
      async http(call) {
        const answer = await plain.http(call)
        calls.push([call, answer.json])
        return answer
      },
    }
    for (const piece of pieces) assert.ok((await line.send(piece, fresh(), io)).ok)
    stage.world.act(anna.id, { do: 'text', text: 'hello' })
    const [event] = await stage.business.heard('message')
    const last = { id: event!.id, at: event!.at, kept: event!.kept! }
    assert.ok((await line.send({ type: 'text', text: 'at once' }, fresh({ last }), io)).ok)
    await line.markRead!(event!.id, fresh({ last }), io)
    await line.typing!(fresh(), io)
    const menu = { entries: [{ label: 'Hours' }, { label: 'Shop', opens: link }], picture: { media: '1' } }
    const bytes = await sharp({ create: { width: 2500, height: 843, channels: 3, background: '#0b6b66' } })
      .png()
      .toBuffer()
    const bytesOf = async () => ({ bytes, mime: 'image/png', name: 'menu.png' })
    for (const wish of [menu, menu, { entries: [] }])
      assert.ok(
        (await line.setup!(stage.business.url, { ...io, bytesOf, settings: { ...io.settings, menu: wish } })).ok,
      )
    await line.profile!(fresh().address, io)
    const judged = new Set<string>()
    for (const [{ url, json, method }, answer] of calls) {
      const path = `${method} ${new URL(url).pathname}`.replace(anna.id, 'ID').replace(/richmenu-\w+/, 'ID')
      const [asked, answered] = shapes[path] ?? []
      assert.ok(answered !== undefined, path)
      if (asked) fits(schema(asked), json)
      // A 404 is how LINE says that nothing is shown.
      if (answered && !(answer as { message?: string } | null)?.message) fits(schema(answered), answer)
      judged.add(path)
    }
    assert.deepEqual([...judged].sort(), Object.keys(shapes).sort())
  })
  test('our fixtures are webhooks as LINE describes them, but for what is wrong or unknown on purpose', () => {
    if (!existsSync(specs)) return
    const request = schemasOf('webhook.yml')('CallbackRequest')
    const odd = new Set(['batch.json', 'unknown-event.json', 'unknown-message.json'])
    const fixtures = fixturesIn(path.resolve(import.meta.dirname, '../../src/channels/line/fixtures'))
    assert.ok(fixtures.length > 30)
    for (const fixture of fixtures) {
      const body = JSON.parse(Buffer.from(fixture.request.body).toString())
      if (odd.has(fixture.name)) assert.ok(!request(body), fixture.name)
      else fits(request, body)
    }
  })
  test('what the simulator tells the business fits the description', async t => {
    if (!existsSync(specs)) return
    const request = schemasOf('webhook.yml')('CallbackRequest')
    const stage = await connected()
    t.after(() => stage.close())
    const file = { bytes: png, mime: 'image/png', name: 'a.png' }
    const acts: Act[] = [
      { do: 'text', text: 'hello' },
      ...(['image', 'video', 'audio', 'file', 'sticker'] as const).map(type => ({
        do: 'media' as const,
        type,
        ...file,
      })),
      { do: 'location', lat: 1, lon: 2 },
      { do: 'start' },
      { do: 'block' },
      { do: 'unblock' },
      { do: 'press', bubble: '1', choice: 'a=1' },
    ]
    for (const act of acts) stage.world.act(anna.id, act)
    stage.world.act(anna.id, { do: 'delete', bubble: stage.world.bubbles[0]!.id })
    await stage.business.called(acts.length + 1)
    for (const { body } of stage.business.requests) fits(request, JSON.parse(Buffer.from(body).toString()))
    assert.ok(!request(lineWire.unknownEvent(stage.world.people.get(anna.id)!, stage.world)))
  })
})

/** Paths with the schema of what is asked and of what is answered; empty where the description has none. */
const shapes: Record<string, [asked: string, answered: string]> = {
  'POST /v2/bot/message/push': ['PushMessageRequest', 'PushMessageResponse'],
  'POST /v2/bot/message/reply': ['ReplyMessageRequest', 'ReplyMessageResponse'],
  'GET /v2/bot/info': ['', 'BotInfoResponse'],
  'PUT /v2/bot/channel/webhook/endpoint': ['SetWebhookEndpointRequest', ''],
  'GET /v2/bot/channel/webhook/endpoint': ['', 'GetWebhookEndpointResponse'],
  'POST /v2/bot/channel/webhook/test': ['TestWebhookEndpointRequest', 'TestWebhookEndpointResponse'],
  'POST /v2/bot/chat/loading/start': ['ShowLoadingAnimationRequest', 'ShowLoadingAnimationResponse'],
  'POST /v2/bot/chat/markAsRead': ['MarkMessagesAsReadByTokenRequest', ''],
  'GET /v2/bot/profile/ID': ['', 'UserProfileResponse'],
  'GET /v2/bot/richmenu/list': ['', 'RichMenuListResponse'],
  'GET /v2/bot/user/all/richmenu': ['', 'RichMenuIdResponse'],
  'POST /v2/bot/richmenu': ['RichMenuRequest', 'RichMenuIdResponse'],
  'POST /v2/bot/richmenu/ID/content': ['', ''],
  'POST /v2/bot/user/all/richmenu/ID': ['', ''],
  'DELETE /v2/bot/user/all/richmenu': ['', ''],
  'DELETE /v2/bot/richmenu/ID': ['', ''],
}
