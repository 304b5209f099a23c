import type {} from '@fastify/cookie'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { keyOfToken } from '../accounts/keys.ts'
import { type AgentRow, agentOfSession } from '../accounts/store.ts'
import type { Database } from '../db/connect.ts'
import type { Actor } from '../parley.ts'
import { Problem } from './problem.ts'

/** Who asks. */
export interface Caller {
  workspaceId: string
  actor: Actor
  /** The agent behind a session; API keys have none. */
  agent: AgentRow | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined
  }
}

export const sessionCookie = 'parley_session'

interface Credentials {
  authorization: string | undefined
  cookie: string | undefined
}

/** The caller by API key or session; undefined when neither fits. */
export async function callerOf(db: Database, given: Credentials): Promise<Caller | undefined> {
  const key = /^Bearer\s+(\S+)$/i.exec(given.authorization ?? '')?.[1]
  if (key) {
    const row = await keyOfToken(db, key)
    return (
      row && { workspaceId: row.workspace_id, actor: { type: 'agent', id: null, name: row.name }, agent: undefined }
    )
  }
  const agent = given.cookie ? await agentOfSession(db, given.cookie) : undefined
  return agent && { workspaceId: agent.workspace_id, actor: { type: 'agent', id: agent.id, name: agent.name }, agent }
}

/** Every route of this scope needs a caller. A session's writes need a header that other sites cannot send. */
export function requireCaller(app: FastifyInstance, db: Database): void {
  app.decorateRequest('caller', undefined)
  app.addHook('onRequest', async request => {
    request.caller = await callerOf(db, {
      authorization: request.headers.authorization,
      cookie: request.cookies[sessionCookie],
    })
    if (!request.caller)
      throw new Problem(401, 'Not signed in', 'Sign in, or send an API key as "Authorization: Bearer <key>".')
    if (request.caller.agent) guardAgainstOtherSites(request)
  })
}

function guardAgainstOtherSites(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD' || request.headers['x-parley'] === '1') return
  throw new Problem(403, 'Refused', 'Requests by cookie that change something need the header "x-parley: 1".')
}

/** The caller of a route behind `requireCaller`. */
export function by(request: FastifyRequest): Caller {
  if (!request.caller) throw new Problem(401, 'Not signed in', 'Sign in first.')
  return request.caller
}

export function agentOf(request: FastifyRequest): AgentRow {
  const { agent } = by(request)
  if (!agent) throw new Problem(403, 'Refused', 'This is for people who are signed in, not for API keys.')
  return agent
}

/** Connecting messengers, keys and people is for owners and admins; an API key counts as one. */
export function mustManage(request: FastifyRequest): Caller {
  const caller = by(request)
  if (caller.agent?.role === 'agent')
    throw new Problem(403, 'Refused', 'Only an owner or an administrator may do this.')
  return caller
}
