// Writes docs/api/openapi.json and docs/api/README.md: the API as its routes declare it.
import fs from 'node:fs'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { createApi, type Running } from '../src/api/server.ts'

type Schema = Record<string, unknown> & {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  enum?: unknown[]
  $ref?: string
  const?: unknown
}
interface Operation {
  tags?: string[]
  summary?: string
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses?: Record<string, { content?: Record<string, { schema: Schema }> }>
}
export interface OpenApi {
  openapi: string
  paths: Record<string, Record<string, Operation>>
}

/** The OpenAPI 3.1 document. The routes are only declared, so no database is needed. */
export async function openApi(): Promise<OpenApi> {
  const nothing = {} as Running
  const app: FastifyInstance = await createApi({
    ...nothing,
    config: { trustProxy: false } as never,
    log: pino({ level: 'silent' }),
  })
  await app.ready()
  const document = JSON.parse(JSON.stringify(app.swagger())) as OpenApi
  await app.close()
  return document
}

/** The same for people: one section per subject, one paragraph per route. */
export function apiReference(document: OpenApi): string {
  const operations = Object.entries(document.paths).flatMap(([url, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ url, method: method.toUpperCase(), operation })),
  )
  const tags = [...new Set(operations.map(o => o.operation.tags?.[0] ?? 'other'))].filter(t => t !== 'other')
  const sections = tags.map(tag =>
    [`## ${tag}`, ...operations.filter(o => o.operation.tags?.[0] === tag).map(describe)].join('\n\n'),
  )
  return `${[intro, ...sections].join('\n\n')}\n`
}

const intro = `# The API

Written by \`bin/api-doc\` from the routes; the same as OpenAPI 3.1 is in [openapi.json](openapi.json), and a running Parley
serves it at \`/api/v1/openapi.json\`.

Send an API key as \`Authorization: Bearer <key>\`. Ids are decimal strings. Lists answer \`{items, next}\`; hand \`next\` in as
\`after\` (messages and threads: \`before\`) for the following page. \`POST\` of messages and notes takes an \`Idempotency-Key\`:
the same key is the same message, however often it is sent. Errors are RFC 9457 problem details that name the \`field\`.

\`GET /api/v1/live?since=<seq>\` is a WebSocket: every frame is \`{seq, changes}\`. Keep the last \`seq\`, hand it in as \`since\` after
a reconnect, and nothing is missed. \`reset: true\` means that too much was missed: load again and go on from \`seq\`.`

function describe({ url, method, operation }: { url: string; method: string; operation: Operation }): string {
  const query = (operation.parameters ?? []).filter(p => p.in === 'query').map(p => `\`${p.name}\``)
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema
  const [status, answer] = Object.entries(operation.responses ?? {}).find(([code]) => code.startsWith('2')) ?? []
  const shape = Object.values(answer?.content ?? {})[0]?.schema
  return [
    `### ${method} ${url}`,
    `${operation.summary ?? ''}.`,
    ...(query.length ? [`Query: ${query.join(', ')}.`] : []),
    ...(body ? [`Body: \`${brief(body)}\``] : []),
    ...(shape ? [`Answers ${status}: \`${brief(shape)}\``] : status === '204' ? ['Answers 204, without a body.'] : []),
  ].join('\n\n')
}

/** A shape in one line, two levels deep; the rest is in the OpenAPI file. */
function brief(schema: Schema, depth = 2): string {
  if (schema.$ref)
    return schema.$ref
      .split('/')
      .at(-1)!
      .replace(/Input$/, '')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map(v => JSON.stringify(v)).join(' or ')
  const any = schema.anyOf ?? schema.oneOf
  if (any) return any.length > 3 ? '{…}' : any.map(s => brief(s, depth)).join(' or ')
  if (schema.items) return depth ? `[${brief(schema.items, depth)}]` : '[…]'
  if (!schema.properties) return Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'any')
  if (!depth) return '{…}'
  const fields = Object.entries(schema.properties).map(
    ([name, s]) => `${name}${schema.required?.includes(name) ? '' : '?'}: ${brief(s, depth - 1)}`,
  )
  return `{${fields.join(', ')}}`
}

export const folder = path.resolve(import.meta.dirname, '../docs/api')

if (import.meta.main) {
  const document = await openApi()
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, 'openapi.json'), `${JSON.stringify(document, null, 2)}\n`)
  fs.writeFileSync(path.join(folder, 'README.md'), apiReference(document))
}
