import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { Ajv, type ValidateFunction } from 'ajv'
import type { Act } from '../../sandbox/wire.ts'
import type { HttpCall, Io, Piece } from '../../src/channels/contract.ts'
import { max } from '../../src/channels/max/index.ts'
import type { Settings } from '../../src/channels/max/settings.ts'
import { fixturesIn } from './fixture.ts'
import type { TestFile } from './io.ts'
import { anna, chat, club, fresh, inTouch, png } from './max-stage.ts'

// MAX's published OpenAPI (an Unlicense archive of it), read in place from the shared data folder; absent on most machines.
const file = new URL('../../../shared/data/specs/max/schema_2026_07_01.json', import.meta.url)

type Schema = { [key: string]: unknown }
type Mapped = Schema & { discriminator?: { propertyName: string; mapping: Record<string, string | { $ref: string }> } }

/** Compiles the schemas of the description by their names. */
function maxSchemas(): (name: string) => ValidateFunction {
  const { components } = JSON.parse(readFileSync(file, 'utf8')) as { components: { schemas: Record<string, Mapped> } }
  const { schemas } = components
  repair(schemas)
  for (const [name, schema] of Object.entries(schemas)) if (schema.discriminator) choose(name, schemas)
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, validateSchema: false })
  ajv.addSchema({ $id: 'max', components: plain(components) as Schema })
  return name => ajv.getSchema(`max#/components/schemas/${name}`)!
}

/** What contradicts the description's own examples and the official SDK. */
function repair(schemas: Record<string, Mapped>): void {
  // The examples have `dialog` and `channel`; the list has been cut down to one.
  Object.assign(schemas.ChatType!, { enum: ['dialog', 'chat', 'channel'] })
  // The link stands beside the body, not in it.
  Object.assign(schemas.MessageBody!, { required: ['mid', 'seq', 'text', 'attachments'] })
  // It is a text and an object at once; the SDK has the object.
  const [, video] = (schemas.VideoAttachment as { allOf: { properties: Record<string, Schema> }[] }).allOf
  delete video!.properties.thumbnail!.type
  // A press under a message that is gone has none.
  Object.assign((schemas.MessageCallbackUpdate as { allOf: Schema[] }).allOf[1]!, { required: ['callback'] })
}

/** A `discriminator` is no rule of JSON Schema: the name in the property decides which heir must fit. */
function choose(name: string, schemas: Record<string, Mapped>): void {
  const { discriminator, ...base } = schemas[name]!
  const { propertyName, mapping } = discriminator!
  const named = Object.entries(mapping).map(([key, to]) => [key, typeof to === 'string' ? to : to.$ref] as const)
  schemas[`${name}Base`] = base
  for (const [, $ref] of named)
    for (const half of (schemas[$ref.split('/').at(-1)!]?.allOf ?? []) as Schema[])
      if (half.$ref === `#/components/schemas/${name}`) half.$ref = `#/components/schemas/${name}Base`
  schemas[name] = {
    allOf: [
      { $ref: `#/components/schemas/${name}Base` },
      { properties: { [propertyName]: { enum: named.map(([key]) => key) } } },
      ...named.map(([key, $ref]) => ({
        if: { properties: { [propertyName]: { const: key } }, required: [propertyName] },
        // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
        then: { $ref },
      })),
    ],
  }
}

/** `nullable` beside `allOf` or `$ref` says nothing to Ajv; `required: false` says nothing at all. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const { nullable, required, ...rest } = value as Schema
  const inner = Object.fromEntries(Object.entries(rest).map(([key, each]) => [key, plain(each)]))
  // A property may be called `required` or `nullable`; then it is a schema.
  if (typeof required === 'object') inner.required = Array.isArray(required) ? required : plain(required)
  if (typeof nullable === 'object') inner.nullable = plain(nullable)
  return nullable === true ? { anyOf: [{ type: 'null' }, inner] } : inner
}

const fits = (validate: ValidateFunction, value: unknown) =>
  assert.ok(
    validate(value),
    `${JSON.stringify(validate.errors?.slice(0, 3))} in ${JSON.stringify(value).slice(0, 500)}`,
  )

const files = new Map<string, TestFile>([['/m/1', { bytes: png, mime: 'image/png', name: 'a.png' }]])
const pieces: Piece[] = [
  { type: 'text', text: 'Спасибо' },
  { type: 'location', lat: 55.75, lon: 37.61, name: 'Shop' },
  { type: 'contact', name: 'Анна', phones: ['+7925'] },
  { type: 'choices', prompt: 'Какой?', choices: [{ id: 'a', label: 'A' }] },
  ...(['image', 'video', 'audio', 'voice', 'file'] as const).map(type => ({ type, url: '/m/1', caption: 'Look' })),
]

/** Paths with the schema of what is asked and of what is answered; empty where the description has none. */
const shapes: Record<string, [asked: string, answered: string]> = {
  'POST /messages': ['NewMessageBody', 'SendMessageResult'],
  'POST /uploads': ['', 'UploadEndpoint'],
  'POST /answers': ['CallbackAnswer', 'SimpleQueryResult'],
  'GET /me': ['', 'BotInfo'],
  'GET /subscriptions': ['', 'GetSubscriptionsResult'],
  'POST /subscriptions': ['SubscriptionRequestBody', 'SimpleQueryResult'],
  'GET /chats/ID': ['', ''],
  'POST /chats/ID/actions': ['ActionRequestBody', 'SimpleQueryResult'],
}

describe('max: the published description as the judge', () => {
  test('a schema that was bent for the discriminators still tells right from wrong', () => {
    if (!existsSync(file)) return
    const message = maxSchemas()('NewMessageBody')
    const sent = (attachments: unknown) => message({ text: 'x', link: null, attachments })
    assert.ok(sent(null))
    assert.ok(sent([{ type: 'location', latitude: 1, longitude: 2 }]))
    assert.ok(!sent([{ type: 'location', latitude: 1 }]))
    assert.ok(!sent([{ type: 'poll' }]))
    assert.ok(!message({ text: 'x'.repeat(4001), link: null, attachments: null }))
  })
  test('what we ask of MAX fits the description, and so does what the simulator answers', async t => {
    if (!existsSync(file)) return
    const schema = maxSchemas()
    const stage = await inTouch()
    t.after(() => stage.close())
    const calls: [HttpCall, unknown][] = []
    const known = stage.io({ files })
    const io: Io<Settings> = {
      ...known,
      async http(call) {
        const answer = await known.http(call)
        if (!call.url.includes('/upload/')) calls.push([call, JSON.parse(Buffer.from(answer.bytes).toString())])
        return answer
      },
    }
    for (const piece of pieces) assert.ok((await max.send(piece, fresh(), io)).ok)
    const [quoted] = stage.world.bubbles
    assert.ok((await max.send(pieces[0]!, fresh({ replyTo: quoted!.id as never }), io)).ok)
    stage.world.act(anna.id, { do: 'press', bubble: quoted!.id, choice: 'a' })
    await max.acknowledge!((await stage.business.heard('chosen'))[0]!, io)
    await max.typing!(fresh(), io)
    await max.profile!(chat, io)
    await max.setup!(stage.business.url, io)
    await max.tend!.run(stage.business.url, io)
    const judged = new Set<string>()
    for (const [{ url, json, method }, answer] of calls) {
      const asked = `${method} ${new URL(url).pathname.replace(chat, 'ID')}`
      judged.add(asked)
      const [question, reply] = shapes[asked] ?? assert.fail(asked)
      if (question) fits(schema(question), json)
      if (reply) fits(schema(reply), answer)
    }
    assert.deepEqual([...judged].sort(), Object.keys(shapes).sort())
  })
  test('what the simulator tells the business fits the description', async t => {
    if (!existsSync(file)) return
    const update = maxSchemas()('Update')
    const stage = await inTouch()
    t.after(() => stage.close())
    const facts = { bytes: png, mime: 'image/png', name: 'a.png' }
    const acts: Act[] = [
      ...(['image', 'video', 'audio', 'file', 'sticker'] as const).map(type => ({
        do: 'media' as const,
        type,
        ...facts,
      })),
      { do: 'location', lat: 1, lon: 2 },
      { do: 'contact', name: 'Anna', phone: '1' },
      { do: 'start', ref: 'flyer' },
      { do: 'block' },
      { do: 'unblock' },
    ]
    for (const act of acts) stage.world.act(anna.id, act)
    stage.world.act(club.id, { do: 'text', text: 'all of us' })
    const [said] = stage.world.bubbles
    stage.world.act(anna.id, { do: 'text', text: 'that', replyTo: said!.id })
    stage.world.act(anna.id, { do: 'edit', bubble: said!.id, text: 'other' })
    stage.world.act(anna.id, { do: 'press', bubble: said!.id, choice: 'a' })
    stage.world.act(anna.id, { do: 'delete', bubble: said!.id })
    await stage.business.called(1 + acts.length + 5)
    for (const { body } of stage.business.requests) fits(update, JSON.parse(Buffer.from(body).toString()))
  })
  test('our fixtures are updates as MAX describes them, but for what is wrong or unknown on purpose', () => {
    if (!existsSync(file)) return
    const update = maxSchemas()('Update')
    const odd = /^(unknown-|unreadable|comment)/
    const fixtures = fixturesIn(path.resolve(import.meta.dirname, '../../src/channels/max/fixtures'))
    assert.ok(fixtures.length > 30)
    for (const fixture of fixtures) {
      const body = JSON.parse(Buffer.from(fixture.request.body).toString())
      if (odd.test(fixture.name)) assert.ok(!update(body), fixture.name)
      else fits(update, body)
    }
  })
})
