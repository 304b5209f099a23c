import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { agentOf, by, mustManage, sessionCookie } from '../api/caller.ts'
import { notFound, Problem } from '../api/problem.ts'
import { Agent, id, Me } from '../api/shapes.ts'
import type { Parley } from '../parley.ts'
import { freshToken, hashPassword, passwordFits } from './secrets.ts'
import * as store from './store.ts'

type On = Parley & { demo: boolean }
const email = z.email('is not an e-mail address').max(254)
const password = z.string().min(10, 'must have at least 10 characters').max(200)
const name = z.string().trim().min(1, 'must not be empty').max(100)

/** Signing in and out: open to everybody. */
export function sessionRoutes(plain: FastifyInstance, on: On): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()
  app.post(
    '/session',
    {
      schema: {
        tags: ['session'],
        summary: 'Sign in',
        body: z.object({ email, password: z.string().max(200) }),
        response: { 200: Me },
      },
    },
    async (request, reply) => {
      slowDown(request)
      for (const agent of await candidates(on, request.body.email))
        if (await passwordFits(agent?.password_hash ?? null, request.body.password)) return enter(on, reply, agent!)
      throw new Problem(401, 'Not signed in', 'The e-mail address or the password is wrong.')
    },
  )
  app.post(
    '/session/link',
    {
      schema: {
        tags: ['session'],
        summary: 'Look at a one-time link',
        body: z.object({ token: z.string() }),
        response: { 200: z.object({ email: z.string(), name: z.string(), workspace: z.string() }) },
      },
    },
    async request => {
      const agent = await store.agentOfLink(on.db, request.body.token)
      if (!agent) throw usedUp()
      const me = await store.meOf(on.db, agent, on.demo)
      return { email: agent.email, name: agent.name, workspace: me.workspace.name }
    },
  )
  app.post(
    '/session/link/use',
    {
      schema: {
        tags: ['session'],
        summary: 'Sign in by a one-time link and set a password',
        body: z.object({ token: z.string(), name, email, password }),
        response: { 200: Me },
      },
    },
    async (request, reply) => {
      const { token, ...given } = request.body
      const agent = await store.agentOfLink(on.db, token)
      if (!agent || !(await store.spendLink(on.db, token))) throw usedUp()
      const passwordHash = await hashPassword(given.password)
      const joined = await store.updateAgent(on.db, agent.workspace_id, agent.id, {
        name: given.name,
        email: given.email,
        passwordHash,
      })
      await store.note(
        on.db,
        agent.workspace_id,
        { type: 'agent', id: agent.id, name: given.name },
        { action: 'joined' },
      )
      return enter(on, reply, joined)
    },
  )
  app.delete(
    '/session',
    { schema: { tags: ['session'], summary: 'Sign out', response: { 204: z.null() } } },
    async (request, reply) => {
      const token = request.cookies[sessionCookie]
      if (token) await store.closeSession(on.db, token)
      return reply.clearCookie(sessionCookie, { path: '/' }).code(204).send(null)
    },
  )
}

const usedUp = (): Problem =>
  new Problem(410, 'This link is used up', 'It was used already or is older than three days. Ask for a new one.')

/** At least one, so that unknown addresses take as long as known ones. */
async function candidates(on: On, address: string): Promise<(store.AgentRow | undefined)[]> {
  const agents = await store.agentsByEmail(on.db, address)
  return agents.length ? agents : [undefined]
}

const tries = new Map<string, { count: number; until: number }>()

/** Guessing passwords: ten tries a minute from one address. */
function slowDown(request: FastifyRequest): void {
  const now = Date.now()
  if (tries.size > 10_000) tries.clear()
  const known = tries.get(request.ip)
  const entry = known && known.until > now ? known : { count: 0, until: now + 60_000 }
  entry.count++
  tries.set(request.ip, entry)
  if (entry.count > 10) throw new Problem(429, 'Too many tries', 'Wait a minute before you try again.')
}

async function enter(on: On, reply: FastifyReply, agent: store.AgentRow): Promise<Me> {
  setSession(reply, await store.openSession(on.db, agent), on.config.publicUrl)
  return store.meOf(on.db, agent, on.demo)
}

export function setSession(reply: FastifyReply, token: string, publicUrl: string): void {
  reply.setCookie(sessionCookie, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: publicUrl.startsWith('https:'),
    maxAge: 30 * 24 * 3600,
  })
}

/** The signed-in person, the team and the API keys. */
export function accountRoutes(plain: FastifyInstance, on: On): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/me',
    { schema: { tags: ['session'], summary: 'Who is signed in', response: { 200: Me } } },
    async request => {
      const caller = by(request)
      if (caller.agent) return store.meOf(on.db, caller.agent, on.demo)
      const { rows } = await on.db.query<{ id: string; name: string }>(
        'select id, name from workspaces where id = $1',
        [caller.workspaceId],
      )
      return {
        id: '0',
        name: caller.actor.name,
        email: '',
        role: 'owner' as const,
        joined: true,
        workspace: rows[0]!,
        locale: null,
        theme: null,
        demo: on.demo,
      }
    },
  )
  const edit = z.object({
    name: name.optional(),
    locale: z.enum(['en', 'ru', 'fi']).optional(),
    theme: z.enum(['light', 'dark', 'system']).optional(),
  })
  app.patch(
    '/me',
    { schema: { tags: ['session'], summary: 'Change my name, language or theme', body: edit, response: { 200: Me } } },
    async request => {
      const agent = agentOf(request)
      const { name, locale, theme } = request.body
      const row = await store.updateAgent(on.db, agent.workspace_id, agent.id, {
        ...(name && { name }),
        ...(locale && { locale }),
        ...(theme && { theme }),
      })
      return store.meOf(on.db, row, on.demo)
    },
  )
  app.get(
    '/agents',
    { schema: { tags: ['team'], summary: 'The team', response: { 200: z.object({ items: z.array(Agent) }) } } },
    async request => ({
      items: await store.listAgents(on.db, by(request).workspaceId),
    }),
  )
  const invite = z.object({ name, email, role: z.enum(['admin', 'agent']) })
  app.post(
    '/agents',
    {
      schema: {
        tags: ['team'],
        summary: 'Invite a colleague',
        body: invite,
        response: { 201: z.object({ agent: Agent, link: z.string() }) },
      },
    },
    async (request, reply) => {
      const { workspaceId, actor } = mustManage(request)
      const row = await store.insertAgent(on.db, workspaceId, request.body)
      if (!row)
        throw new Problem(409, 'Already in the team', 'Somebody of this team has this e-mail address.', {
          field: 'email',
        })
      await store.note(on.db, workspaceId, actor, { action: 'invited', target: `agent ${row.id}` })
      const token = await store.makeLink(on.db, row)
      return reply.code(201).send({ agent: store.asAgent(row), link: `${on.config.publicUrl}/welcome#${token}` })
    },
  )
  keyRoutes(plain, on)
}

const Key = z.object({ id, name: z.string(), hint: z.string(), createdAt: z.string(), usedAt: z.string().nullable() })

function keyRoutes(plain: FastifyInstance, on: On): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/api-keys',
    { schema: { tags: ['keys'], summary: 'API keys', response: { 200: z.object({ items: z.array(Key) }) } } },
    async request => ({
      items: await store.listKeys(on.db, mustManage(request).workspaceId),
    }),
  )
  app.post(
    '/api-keys',
    {
      schema: {
        tags: ['keys'],
        summary: 'Make an API key; it is shown once',
        body: z.object({ name }),
        response: { 201: z.object({ id, name: z.string(), key: z.string() }) },
      },
    },
    async (request, reply) => {
      const { workspaceId, actor, agent } = mustManage(request)
      const key = `parley_${freshToken().token}`
      const keyId = await store.insertKey(on.db, workspaceId, {
        name: request.body.name,
        token: key,
        by: agent?.id ?? null,
      })
      await store.note(on.db, workspaceId, actor, { action: 'made a key', target: `key ${keyId}` })
      return reply.code(201).send({ id: keyId, name: request.body.name, key })
    },
  )
  app.delete(
    '/api-keys/:id',
    { schema: { tags: ['keys'], summary: 'Revoke an API key', params: z.object({ id }), response: { 204: z.null() } } },
    async (request, reply) => {
      const { workspaceId, actor } = mustManage(request)
      if (!(await store.revokeKey(on.db, workspaceId, request.params.id))) throw notFound('API key with this id')
      await store.note(on.db, workspaceId, actor, { action: 'revoked a key', target: `key ${request.params.id}` })
      return reply.code(204).send(null)
    },
  )
}
