import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { mustManage } from '../api/caller.ts'
import { notFound } from '../api/problem.ts'
import { id } from '../api/shapes.ts'
import type { Parley } from '../parley.ts'
import { insertKey, listKeys, revokeKey } from './keys.ts'
import { freshToken } from './secrets.ts'
import { note } from './store.ts'

const name = z.string().trim().min(1, 'must not be empty').max(100)

const Key = z.object({ id, name: z.string(), hint: z.string(), createdAt: z.string(), usedAt: z.string().nullable() })

/** The keys by which programs call the API. */
export function keyRoutes(plain: FastifyInstance, on: Parley): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/api-keys',
    { schema: { tags: ['keys'], summary: 'API keys', response: { 200: z.object({ items: z.array(Key) }) } } },
    async request => ({
      items: await listKeys(on.db, mustManage(request).workspaceId),
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
      const keyId = await insertKey(on.db, workspaceId, {
        name: request.body.name,
        token: key,
        by: agent?.id ?? null,
      })
      await note(on.db, workspaceId, actor, { action: 'made a key', target: `key ${keyId}` })
      return reply.code(201).send({ id: keyId, name: request.body.name, key })
    },
  )
  app.delete(
    '/api-keys/:id',
    { schema: { tags: ['keys'], summary: 'Revoke an API key', params: z.object({ id }), response: { 204: z.null() } } },
    async (request, reply) => {
      const { workspaceId, actor } = mustManage(request)
      if (!(await revokeKey(on.db, workspaceId, request.params.id))) throw notFound('API key with this id')
      await note(on.db, workspaceId, actor, { action: 'revoked a key', target: `key ${request.params.id}` })
      return reply.code(204).send(null)
    },
  )
}
