import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { parse } from 'yaml'

// Meta's published OpenAPI (MIT), read in place from the shared data folder; absent on most machines.
const file = new URL('../../../shared/data/specs/meta_whatsapp/business-messaging-api_v23.0.yaml', import.meta.url)

type Schema = { [key: string]: unknown }

/** Compiles one schema of Meta's description by its name, or undefined where the description is absent. */
export function metaSchemas(): ((name: string) => ValidateFunction) | undefined {
  if (!existsSync(file)) return undefined
  const { components } = parse(readFileSync(file, 'utf8'), { maxAliasCount: -1 }) as { components: { schemas: Schema } }
  const { schemas } = components
  repairInbound(schemas)
  for (const schema of Object.values(schemas)) closeTogether(schema as Schema)
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema({ $id: 'meta', components })
  return name => ajv.getSchema(`meta#/components/schemas/${name}`)!
}

/**
 * In `allOf: [Base, {additionalProperties: false}]` the second half forbids everything in Base, so nothing would be
 * valid. What is meant is: nothing beyond both halves together.
 */
function closeTogether(schema: Schema): void {
  const halves = (schema.allOf ?? []) as Schema[]
  const closed = halves.filter(half => half.additionalProperties === false)
  for (const half of closed) delete half.additionalProperties
  if (closed.length) schema.unevaluatedProperties = false
}

/**
 * The names of inbound messages collide with outbound ones in this file; the merging tool numbered the schemas
 * (`TextMessage_2`) but not the references to them. The base of the inbound ones is `BaseMessageProperties_1`.
 */
function repairInbound(schemas: Schema): void {
  const numbered: Record<string, string> = {
    TextMessage: 'TextMessage_2',
    ContactSharingMessage: 'ContactSharingMessage',
  }
  for (const name of ['Reaction', 'Audio', 'Document', 'Image', 'Sticker', 'Video', 'Location'])
    numbered[`${name}Message`] = `${name}Message_1`
  const incoming = schemas.IncomingMessage as { oneOf: { $ref: string }[]; discriminator?: unknown }
  delete incoming.discriminator
  const names = incoming.oneOf.map(({ $ref }) => $ref.split('/').at(-1)!).map(name => numbered[name] ?? name)
  incoming.oneOf = names.map(name => ({ $ref: `#/components/schemas/${name}` }))
  for (const name of [...names, 'SystemMessage']) {
    const text = JSON.stringify(schemas[name])
      .replaceAll('schemas/BaseMessageProperties"', 'schemas/BaseMessageProperties_1"')
      .replaceAll('schemas/ContactObject"', 'schemas/ContactObject_1"')
    schemas[name] = JSON.parse(text)
  }
  // Only questions about a product carry one; the file's own examples of answers do not.
  Object.assign(schemas.ContextObject as Schema, { required: ['from', 'id'] })
}

/** The description of 2025 knows no user ids: a person without a phone gets a stand-in where it demands one. */
export function withPhone(payload: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(payload, (_key, value) => {
    if (value?.from_user_id && !value.from) return { ...value, from: '15550000000' }
    if (value?.recipient_user_id && !value.recipient_id) return { ...value, recipient_id: '15550000000' }
    return value
  })
  return JSON.parse(text)
}
