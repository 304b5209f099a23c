import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { by, mustManage } from '../api/caller.ts'
import { notFound } from '../api/problem.ts'
import { Delivery, id } from '../api/shapes.ts'
import { inWorkspace } from '../db/connect.ts'
import type { Parley } from '../parley.ts'
import { listDeliveries, markForReplay } from './deliveries.ts'
import type { Ingester } from './ingest.ts'

const state = z.enum(['new', 'done', 'quarantined'])
const Replayed = z.object({ replayed: z.number() })

/** The raw requests as they came, and running them again. */
export function deliveryRoutes(plain: FastifyInstance, on: Parley & { ingester: Ingester }): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()
  const query = z.object({
    channel: id.optional(),
    state: state.optional(),
    after: id.optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  })
  app.get(
    '/deliveries',
    {
      schema: {
        tags: ['deliveries'],
        summary: 'Raw incoming requests, newest first',
        querystring: query,
        response: { 200: z.object({ items: z.array(Delivery), next: z.string().nullable() }) },
      },
    },
    request => {
      const { workspaceId } = by(request)
      return inWorkspace(on.db, workspaceId, tx => listDeliveries(tx, workspaceId, request.query))
    },
  )
  app.post(
    '/deliveries/:id/replay',
    {
      schema: { tags: ['deliveries'], summary: 'Run one again', params: z.object({ id }), response: { 200: Replayed } },
    },
    async request => {
      const { replayed } = await replay(on, mustManage(request).workspaceId, { id: request.params.id })
      if (!replayed) throw notFound('delivery with this id')
      return { replayed }
    },
  )
  const range = z.object({
    channel: id.optional(),
    from: z.coerce.date().optional(),
    to: z.coerce.date().optional(),
    state: state.optional(),
  })
  app.post(
    '/deliveries/replay',
    {
      schema: {
        tags: ['deliveries'],
        summary: 'Run a channel, a time range or all that was set aside again',
        body: range,
        response: { 200: Replayed },
      },
    },
    request => replay(on, mustManage(request).workspaceId, request.body),
  )
}

async function replay(
  on: Parley & { ingester: Ingester },
  workspaceId: string,
  range: Parameters<typeof markForReplay>[2],
): Promise<{ replayed: number }> {
  const { replayed, channels } = await inWorkspace(on.db, workspaceId, tx => markForReplay(tx, workspaceId, range))
  on.ingester.look(channels)
  return { replayed }
}
