import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

interface Field {
  name: string
  types: string[]
  required: boolean
}
interface Described {
  fields?: Field[]
  subtypes?: string[]
  returns?: string[]
}
interface Spec {
  methods: Record<string, Described>
  types: Record<string, Described>
}

const file = path.resolve(import.meta.dirname, '../../../shared/data/specs/telegram/api.json')

/** The published description of the Bot API (PaulSonOfLars/telegram-bot-api-spec), or null where it is not at hand. */
export const spec: Spec | null = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Spec) : null

/** What is wrong with a call; an upload counts as an InputFile in its field. Empty when nothing is. */
export function faultsOfCall(method: string, fields: Record<string, unknown>, uploads: string[] = []): string[] {
  const described = spec!.methods[method]
  if (!described) return [`there is no method ${method}`]
  const files = Object.fromEntries(uploads.map(name => [name, inputFile]))
  return faultsOfFields({ ...fields, ...files }, described, method)
}

/** What is wrong with a value that should be of that type of the Bot API. */
export const faultsOf = (value: unknown, type: string): string[] => faultsOfValue(value, [type], type)

export const faultsOfAnswer = (result: unknown, method: string): string[] =>
  faultsOfValue(result, spec!.methods[method]?.returns ?? [], `answer of ${method}`)

const inputFile = Symbol('InputFile')

function faultsOfFields(value: Record<string, unknown>, { fields = [] }: Described, where: string): string[] {
  const known = new Map(fields.map(field => [field.name, field]))
  const missing = fields
    .filter(f => f.required && value[f.name] === undefined)
    .map(f => `${where}: ${f.name} is missing`)
  const wrong = Object.entries(value).flatMap(([name, inner]) => {
    const field = known.get(name)
    return field ? faultsOfValue(inner, field.types, `${where}.${name}`) : [`${where}: ${name} is unknown`]
  })
  return [...missing, ...wrong]
}

/** Faults against the type that fits best. */
function faultsOfValue(value: unknown, types: string[], where: string): string[] {
  const tried = types.map(type => faultsOfType(value, type, where))
  return tried.sort((a, b) => a.length - b.length)[0] ?? []
}

const plain: Record<string, (value: unknown) => boolean> = {
  Integer: value => Number.isSafeInteger(value),
  Float: value => typeof value === 'number',
  String: value => typeof value === 'string',
  Boolean: value => typeof value === 'boolean',
  InputFile: value => value === inputFile,
}

function faultsOfType(value: unknown, type: string, where: string): string[] {
  const check = plain[type]
  if (check) return check(value) ? [] : [`${where} is no ${type}`]
  if (type.startsWith('Array of ')) {
    if (!Array.isArray(value)) return [`${where} is no list`]
    return value.flatMap((item, i) => faultsOfValue(item, [type.slice('Array of '.length)], `${where}[${i}]`))
  }
  const described = spec!.types[type]
  if (!described) return [`${where}: the description has no type ${type}`]
  if (described.subtypes) return faultsOfValue(value, described.subtypes, where)
  if (typeof value !== 'object' || value === null) return [`${where} is no ${type}`]
  return faultsOfFields(value as Record<string, unknown>, described, where)
}
