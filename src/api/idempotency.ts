import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Parley } from '../parley.ts'
import { by } from './caller.ts'
import { Problem } from './problem.ts'

/** Messages and notes keep their key in their own row; files are the same file when sent twice. */
const ownWay = /\/(messages|notes|media)$/
const shape = /^[\x21-\x7e]{1,200}$/

interface Kept {
  request_hash: string
  status: number | null
  response: { sealed: string } | null
}

/**
 * A POST with an `Idempotency-Key` happens once: its answer is kept (sealed, it may hold a new key) and given again. A failed one
 * leaves nothing, so it can be tried again.
 */
export function onceByKey(app: FastifyInstance, on: Pick<Parley, 'db' | 'seal'>): void {
  app.addHook('preHandler', async (request, reply) => {
    const key = keyOf(request)
    if (!key) return
    const kept = await claim(on, request, key)
    if (!kept) {
      request.claimed = true
      return
    }
    if (kept.request_hash !== hashOf(request))
      throw new Problem(422, 'Key used before', 'This Idempotency-Key was used for another request.', {
        field: 'Idempotency-Key',
      })
    if (!kept.response)
      throw new Problem(
        409,
        'Still in work',
        'The first request with this Idempotency-Key is not finished. Try again in a moment.',
      )
    return reply
      .code(kept.status!)
      .type('application/json; charset=utf-8')
      .send(on.seal.open(Buffer.from(kept.response.sealed, 'base64')))
  })
  app.decorateRequest('claimed', false)
  app.addHook('onSend', async (request, reply, payload) => {
    const key = keyOf(request)
    if (!key || !request.claimed) return payload
    await (reply.statusCode < 300
      ? keep(on, request, { key, status: reply.statusCode, payload })
      : release(on, request, key))
    return payload
  })
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Its Idempotency-Key is this request's. */
    claimed: boolean
  }
}

function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (request.method !== 'POST' || key === undefined || ownWay.test(request.routeOptions.url ?? '')) return undefined
  if (typeof key !== 'string' || !shape.test(key))
    throw new Problem(400, 'Invalid input', 'Idempotency-Key must be 1 to 200 visible ASCII characters.', {
      field: 'Idempotency-Key',
    })
  return key
}

const hashOf = (request: FastifyRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([request.url, request.body ?? null]))
    .digest('base64url')

/** Undefined when the key is ours now; else what the first request with it left. A claim without an answer is void after a minute. */
async function claim(on: Pick<Parley, 'db'>, request: FastifyRequest, key: string): Promise<Kept | undefined> {
  const { workspaceId } = by(request)
  const { rowCount } = await on.db.query(
    `insert into idempotency_keys as k (workspace_id, key, request_hash) values ($1, $2, $3)
     on conflict (workspace_id, key) do update set at = now(), request_hash = excluded.request_hash
       where k.response is null and k.at < now() - interval '1 minute'`,
    [workspaceId, key, hashOf(request)],
  )
  if (rowCount) return undefined
  const { rows } = await on.db.query<Kept & Record<string, unknown>>(
    'select request_hash, status, response from idempotency_keys where workspace_id = $1 and key = $2',
    [workspaceId, key],
  )
  return rows[0]
}

async function keep(
  on: Pick<Parley, 'db' | 'seal'>,
  request: FastifyRequest,
  done: { key: string; status: number; payload: unknown },
): Promise<void> {
  const answer = typeof done.payload === 'string' && done.payload ? JSON.parse(done.payload) : null
  const sealed = on.seal.seal(answer).toString('base64')
  await on.db.query(
    'update idempotency_keys set status = $3, response = $4 where workspace_id = $1 and key = $2 and response is null',
    [by(request).workspaceId, done.key, done.status, JSON.stringify({ sealed })],
  )
}

async function release(on: Pick<Parley, 'db'>, request: FastifyRequest, key: string): Promise<void> {
  await on.db.query(
    'delete from idempotency_keys where workspace_id = $1 and key = $2 and request_hash = $3 and response is null',
    [by(request).workspaceId, key, hashOf(request)],
  )
}
