import type { FastifyRequest } from 'fastify'
import { bad } from './refusal.ts'

export interface Upload {
  bytes: Uint8Array
  mime: string
  name: string
}

/** The fields of one call, whichever of the four encodings it came in. Texts of forms may hold JSON. */
export interface Fields {
  values: Record<string, unknown>
  uploads: Map<string, Upload>
}

export async function fieldsOf(request: FastifyRequest): Promise<Fields> {
  const type = request.headers['content-type'] ?? ''
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const fields: Fields = { values: { ...(request.query as object) }, uploads: new Map() }
  if (!body.length) return fields
  if (type.includes('json')) Object.assign(fields.values, jsonOf(body.toString()))
  else await readForm(body, type, fields)
  return fields
}

function jsonOf(text: string): object {
  try {
    return JSON.parse(text) as object
  } catch {
    throw bad("can't parse JSON object")
  }
}

async function readForm(body: Buffer, type: string, fields: Fields): Promise<void> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData().catch(() => {
    throw bad("can't parse the request's form")
  })
  for (const [name, value] of form) {
    if (typeof value === 'string') fields.values[name] = value
    else fields.uploads.set(name, { bytes: await value.bytes(), mime: value.type, name: value.name })
  }
}

/** Text of a string or number; undefined when absent. */
export function textOf({ values }: Fields, name: string): string | undefined {
  const value = values[name]
  return value === undefined || value === null ? undefined : String(value)
}

/** A whole number, or `0` as Telegram reads rubbish. */
export const integerOf = (fields: Fields, name: string): number => Math.trunc(Number(textOf(fields, name))) || 0

export const trueIn = (fields: Fields, name: string): boolean => ['true', '1'].includes(textOf(fields, name) ?? '')

/** An object or a list, given as such or as JSON in a form's text. */
export function objectOf<T extends object>({ values }: Fields, name: string): T | undefined {
  const value = values[name]
  if (value === undefined || value === '') return undefined
  const parsed = typeof value === 'string' ? parsedOf(value, name) : value
  if (typeof parsed !== 'object' || parsed === null) throw bad(`object expected as ${name.replaceAll('_', ' ')}`)
  return parsed as T
}

function parsedOf(value: string, name: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    throw bad(`can't parse ${name.replaceAll('_', ' ')} JSON object`)
  }
}
