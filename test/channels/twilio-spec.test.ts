import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { messageOf } from '../../sandbox/twilio/phone.ts'
import { twilioWire } from '../../sandbox/twilio.ts'
import { createWorld } from '../../sandbox/world.ts'
import type { HttpCall, Io, Piece } from '../../src/channels/contract.ts'
import { twilio } from '../../src/channels/twilio/index.ts'
import type { Settings } from '../../src/channels/twilio/settings.ts'
import { agreeableIo } from './pieces.ts'
import { anna, outgoing } from './sms-stage.ts'

// Twilio's published OpenAPI (MIT), read in place from the shared data folder; absent on most machines.
const folder = new URL('../../../shared/data/specs/twilio/spec/json/', import.meta.url)
const read = (name: string): Spec | undefined =>
  existsSync(new URL(name, folder)) ? JSON.parse(readFileSync(new URL(name, folder), 'utf8')) : undefined

interface Spec {
  paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: object }> } }>>
  components: { schemas: Record<string, object> }
}

const specs = [read('twilio_api_v2010.json'), read('twilio_messaging_v1.json')].filter(spec => spec !== undefined)
const world = createWorld(twilioWire, { name: 'Rowan & Rye', people: [anna] })
const service = { messagingServiceSid: `MG${'0'.repeat(32)}` }
const settings = twilio.settings.parse(twilioWire.settings(world)) as Settings
const ofService = twilio.settings.parse({ ...twilioWire.settings(world), ...service }) as Settings

/** Everything the adapter ever calls. */
async function everyCall(): Promise<HttpCall[]> {
  const calls: HttpCall[] = []
  for (const known of [settings, ofService]) {
    const io = agreeable(known, calls)
    const pieces: Piece[] = [
      { type: 'text', text: 'Hi' },
      { type: 'image', url: '/m/1', caption: 'Look' },
    ]
    for (const piece of pieces) assert.ok((await twilio.send(piece, outgoing('+15550001111'), io)).ok)
    assert.ok((await twilio.setup!('https://parley.example/hooks/7', io)).ok)
  }
  assert.ok(
    (await twilio.setup!('https://parley.example/hooks/7', agreeable({ ...settings, from: '28281' }, calls))).ok,
  )
  return calls
}

function agreeable(known: Settings, calls: HttpCall[]): Io<Settings> {
  const { http, ...io } = agreeableIo(known)
  const found = {
    incoming_phone_numbers: [{ sid: `PN${'0'.repeat(32)}` }],
    short_codes: [{ sid: `SC${'0'.repeat(32)}` }],
  }
  const answer = async (call: HttpCall) => {
    calls.push(call)
    return { ...(await http(call)), json: { ...found, sid: 'SM1', status: 'active' } }
  }
  return { ...io, http: answer }
}

test('every call of ours is one that Twilio describes, with fields of its kinds', async () => {
  if (!specs.length) return
  const calls = await everyCall()
  assert.equal(calls.length, 4 + 3 + 2 + 3)
  for (const { method, url, form } of calls) {
    const operation = operationOf(method, url)
    assert.ok(operation, `${method} ${url}`)
    const schema = operation.requestBody?.content['application/x-www-form-urlencoded']?.schema
    if (method !== 'POST') continue
    const fields = form as URLSearchParams
    const lists = ['MediaUrl', 'PersistentAction']
    const value = Object.fromEntries(
      [...new Set(fields.keys())].map(name => [
        name,
        lists.includes(name) ? fields.getAll(name) : typed(fields.get(name)!),
      ]),
    )
    const valid = closed(schema!, operation.spec)
    assert.ok(valid(value), `${url}: ${JSON.stringify(valid.errors)}`)
  }
})

/** A schema with nothing beyond its own fields. */
function closed(schema: object, { components }: Spec): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema({ $id: 'twilio', components })
  const text = JSON.stringify(schema).replaceAll('"#/components', '"twilio#/components')
  return ajv.compile({ ...JSON.parse(text), additionalProperties: false })
}

const typed = (value: string) => (value === 'true' ? true : value === 'false' ? false : value)

function operationOf(method: string, url: string) {
  const { pathname } = new URL(url)
  for (const spec of specs)
    for (const [path, operations] of Object.entries(spec.paths)) {
      const form = new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[A-Z]{2}[0-9a-f]{32}')}$`)
      if (form.test(pathname) && operations[method.toLowerCase()]) return { ...operations[method.toLowerCase()], spec }
    }
  return undefined
}

test('the simulator answers a message as Twilio describes one', () => {
  const [spec] = specs
  if (!spec) return
  const valid = closed(spec.components.schemas['api.v2010.account.message']!, spec)
  const form = new URLSearchParams({ To: '+15550001111', From: '+15550002222', Body: 'Hi' })
  assert.ok(valid(messageOf(form, `SM${'0'.repeat(32)}`, world)), JSON.stringify(valid.errors))
  world.close()
})
