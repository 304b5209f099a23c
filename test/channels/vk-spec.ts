import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'

/** VK's published schema (VKCOM/vk-api-schema, MIT), research material beside the repository. */
const folder = path.resolve(import.meta.dirname, '../../../shared/data/specs/vk')

type Node = { [key: string]: unknown }
interface MethodSpec {
  name: string
  parameters?: (Node & { name: string; type?: string; required?: boolean })[]
  responses: Record<string, { $ref: string }>
}

export interface Spec {
  /** What is wrong with the object of an event, or undefined. */
  event(type: string, object: unknown): string | undefined
  /** What is wrong with the parameters of a call, as they stand in the form. */
  call(method: string, params: Record<string, string>): string | undefined
  /** What is wrong with an answer, if it fits none of the method's responses. */
  answer(method: string, body: unknown): string | undefined
}

export function readSpec(): Spec | undefined {
  if (!existsSync(folder)) return undefined
  const ajv = new Ajv({ strict: false, validateFormats: false, coerceTypes: false })
  const forms = new Ajv({ strict: false, validateFormats: false, coerceTypes: true })
  const methods = new Map<string, MethodSpec>()
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/(objects|responses)\.json$/.test(name)) continue
    ajv.addSchema({ $id: `vk://schema/${name}`, ...(tidy(read(name)) as Node), $schema: undefined })
  }
  for (const section of ['messages', 'groups', 'users', 'photos', 'docs', 'wall'])
    for (const method of (read(`${section}/methods.json`) as { methods: MethodSpec[] }).methods)
      methods.set(method.name, method)
  const known = new Map<string, ValidateFunction>()
  const check = (ref: string, value: unknown): string | undefined => {
    const validate = known.get(ref) ?? ajv.compile({ $ref: ref })
    known.set(ref, validate)
    return validate(value) ? undefined : `${ref}: ${ajv.errorsText(validate.errors)}`
  }
  return {
    event: (type, object) => check(`vk://schema/callback/objects.json#/definitions/${definitionOf(type)}`, object),
    call(method, params) {
      const spec = methods.get(method)
      if (!spec) return `there is no method ${method}`
      const valid = forms.validate(formOf(spec), { ...listed(spec, params) })
      return valid ? undefined : `${method}: ${forms.errorsText(forms.errors)}`
    },
    answer(method, body) {
      const refs = Object.values(methods.get(method)?.responses ?? {}).map(({ $ref }) =>
        $ref.replace('../', 'vk://schema/'),
      )
      const wrongs = refs.map(ref => check(ref, body))
      return refs.length && wrongs.every(Boolean) ? wrongs.join('\n') : undefined
    },
  }
}

const read = (name: string): unknown => JSON.parse(readFileSync(path.join(folder, name), 'utf8'))

const definitionOf = (type: string): string =>
  type === 'message_reply' || type === 'message_edit' ? 'callback_message' : `callback_${type}`

/** VK writes `required: true` at the property, as the third draft had it. */
function tidy(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(tidy)
  if (typeof node !== 'object' || node === null) return node
  const { required, discriminator: _, entity: __, ...rest } = node as Node
  const out = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, tidy(value)]))
  const properties = (node as { properties?: Record<string, Node> }).properties
  const needed = Object.entries(properties ?? {}).flatMap(([name, of]) => (of.required === true ? [name] : []))
  return { ...out, ...(needed.length && { required: needed }), ...(Array.isArray(required) && { required }) }
}

function formOf({ parameters = [] }: MethodSpec): Node {
  const properties = Object.fromEntries(
    parameters.map(({ name, required: _, ...schema }) => [name, tidyParameter(schema)]),
  )
  const required = parameters.flatMap(({ name, required }) => (required ? [name] : []))
  return { type: 'object', properties, required, additionalProperties: false }
}

const tidyParameter = ({ type, enum: allowed, maxLength, maxItems, minimum, maximum }: Node): Node =>
  JSON.parse(JSON.stringify({ type, enum: allowed, maxLength, maxItems, minimum, maximum }))

/** Lists stand in a form with commas, truth as 1. */
function listed({ parameters = [] }: MethodSpec, params: Record<string, string>): Node {
  const typeOf = (name: string) => parameters.find(parameter => parameter.name === name)?.type
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (typeOf(name) === 'array') return [name, value.split(',')]
      return [name, typeOf(name) === 'boolean' ? value === '1' : value]
    }),
  )
}
