import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { by, mustManage } from '../api/caller.ts'
import { notFound, orNotFound, Problem } from '../api/problem.ts'
import { id } from '../api/shapes.ts'
import type { Parley } from '../parley.ts'
import { createTemplate, listTemplates } from './templates.ts'

const Template = z.object({
  name: z.string(),
  language: z.string(),
  category: z.string(),
  status: z.enum(['approved', 'pending', 'rejected', 'paused']),
  body: z.string(),
  values: z.number(),
})
const draft = z.object({
  name: z.string().regex(/^[a-z0-9_]{1,512}$/, 'takes lower-case letters, digits and underscores'),
  language: z.string().regex(/^[a-z]{2,3}(_[A-Z]{2})?$/, 'is a code like en, en_US or fi'),
  category: z.enum(['utility', 'marketing']),
  body: z.string().trim().min(1, 'must not be empty').max(1024),
  examples: z.array(z.string().trim().min(1, 'must not be empty')).max(20).default([]),
})
const one = { params: z.object({ id }) }
const none = () => new Problem(404, 'Not found', 'This messenger has no templates.')
const refused = (detail: string) => new Problem(502, 'The provider refused', detail)

/** The texts that a network has to approve. */
export function templateRoutes(plain: FastifyInstance, on: Parley): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/channels/:id/templates',
    {
      schema: {
        tags: ['channels'],
        summary: 'Templates that the network has approved or refused, as it listed them last',
        ...one,
        querystring: z.object({
          fresh: z.enum(['true', 'false']).optional().describe('`true` asks the network now.'),
        }),
        response: { 200: z.object({ items: z.array(Template) }) },
      },
    },
    async request => {
      const which = { id: request.params.id, fresh: request.query.fresh === 'true' }
      const listed = await listTemplates(on, by(request).workspaceId, which).catch((error: Error) => {
        throw refused(error.message)
      })
      if (listed === 'no-templates') throw none()
      return { items: orNotFound(listed, 'channel with this id') }
    },
  )
  app.post(
    '/channels/:id/templates',
    {
      schema: {
        tags: ['channels'],
        summary: 'Hand a new template in for approval',
        ...one,
        body: draft,
        response: { 201: z.null() },
      },
    },
    async (request, reply) => {
      const wanted = { id: request.params.id, draft: request.body }
      const made = await createTemplate(on, mustManage(request).workspaceId, wanted).catch((error: Error) => {
        throw refused(error.message)
      })
      if (made === undefined) throw notFound('channel with this id')
      if (made === 'no-templates') throw none()
      if (!made.ok) throw refused(made.detail)
      return reply.code(201).send(null)
    },
  )
}
