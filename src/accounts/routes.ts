import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { agentOf, by, mustManage } from '../api/caller.ts'
import { Problem } from '../api/problem.ts'
import { Agent, Me } from '../api/shapes.ts'
import type { Parley } from '../parley.ts'
import { keyRoutes } from './key-routes.ts'
import * as store from './store.ts'

type On = Parley & { demo: boolean }
const email = z.email('is not an e-mail address').max(254)
const name = z.string().trim().min(1, 'must not be empty').max(100)

/** The signed-in person, the team and the API keys. */
export function accountRoutes(plain: FastifyInstance, on: On): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/me',
    { schema: { tags: ['session'], summary: 'Who is signed in', response: { 200: Me } } },
    async request => {
      const caller = by(request)
      if (caller.agent) return store.meOf(on, caller.agent)
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
      return store.meOf(on, row)
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
