import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { fieldsOf } from '../../src/channels/vonage/fields.ts'
import { fixturesIn } from './fixture.ts'

// Vonage's published OpenAPI of the older SMS API (MIT), read in place from the shared data folder; absent on most
// machines. What was published of the Messages API is version 0.1, which says nothing about v1 but its error codes.
const folder = new URL('../../../shared/data/specs/vonage/definitions/', import.meta.url)
const read = (name: string): string | undefined =>
  existsSync(new URL(name, folder)) ? readFileSync(new URL(name, folder), 'utf8') : undefined

const fixtures = fixturesIn(path.resolve(import.meta.dirname, '../../src/channels/vonage/fixtures'))
// The description demands words of every message; Vonage's pages say that a binary one has none.
const older = fixtures.filter(({ name }) => name.startsWith('older-') && name !== 'older-binary.json')

test('the fixtures of the older SMS API are what Vonage describes', () => {
  const text = read('sms.yml')
  if (!text) return
  const { components } = parse(text) as { components: { schemas: Record<string, Schema> } }
  const valid = (name: string) => closed(components.schemas[name]!)
  const [message, report] = [valid('InboundMessage'), valid('DeliveryReceipt')]
  assert.equal(older.length, 7)
  for (const { name, request } of older) {
    const { ...fields } = fieldsOf(request)!
    const check = fields.status ? report : message
    assert.ok(check(fields), `${name}: ${JSON.stringify(check.errors)}`)
  }
})

interface Schema {
  properties: Record<string, object>
}

/** Its fields and those of the signature, nothing else. */
function closed(schema: Schema): ValidateFunction {
  const signature = Object.fromEntries(
    ['timestamp', 'nonce', 'sig', 'client-ref'].map(name => [name, { type: 'string' }]),
  )
  const properties = { ...signature, ...schema.properties }
  return new Ajv2020({ strict: false, validateFormats: false, allErrors: true }).compile({
    ...schema,
    properties,
    additionalProperties: false,
  })
}
