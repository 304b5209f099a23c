import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { sessionCookie } from '../api/caller.ts'
import { Problem } from '../api/problem.ts'
import { Me } from '../api/shapes.ts'
import type { Parley } from '../parley.ts'
import { joinByLink } from './join.ts'
import { passwordFits } from './secrets.ts'
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
      const me = await store.meOf(on, agent)
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
      const joined = await joinByLink(on.db, request.body)
      if (joined === 'used-up') throw usedUp()
      if (joined === 'email-taken')
        throw new Problem(409, 'Already in the team', 'Somebody else of this team has this e-mail address.', {
          field: 'email',
        })
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
  return store.meOf(on, agent)
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
