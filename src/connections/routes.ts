import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { by, mustManage } from '../api/caller.ts'
import { invalid, notFound, orNotFound, Problem } from '../api/problem.ts'
import { Channel, id } from '../api/shapes.ts'
import { inWorkspace } from '../db/connect.ts'
import type { Parley } from '../parley.ts'
import { channelById, connectChannel, disconnect, editChannel, listChannels, setUp } from './connect.ts'
import { settingsSchema } from './settings.ts'
import { backTo } from './sign-in.ts'

const one = { params: z.object({ id }) }
const capabilities = z.record(z.string(), z.unknown())
const Place = z.object({
  name: z.string(),
  addresses: z.array(z.string()).describe('How the addresses of conversations there begin.'),
  capabilities,
})
const Kind = z.object({
  kind: z.string(),
  name: z.string(),
  settings: z.record(z.string(), z.unknown()),
  capabilities,
  places: z
    .array(Place)
    .describe('Where other things are possible than in its chats: the address of a conversation tells.'),
  setup: z.boolean(),
  createsTemplates: z.boolean(),
  uncalled: z.boolean().describe('Nothing calls its webhook address.'),
  signIns: z
    .array(z.object({ id: z.string(), at: z.string(), needs: z.array(z.string()), redirectUri: z.url() }))
    .describe('Where it can be connected by signing in.'),
})
const Proof = z
  .union([
    z.object({ by: z.enum(['event', 'answer', 'knock', 'connection']), words: z.string() }),
    z.object({ failed: z.string() }),
  ])
  .describe('What shows that events will arrive, or why they will not. Words are English.')
const settings = z.record(z.string(), z.unknown())
const name = z.string().trim().min(1, 'must not be empty').max(100)

/** Connecting messengers and watching how they are. */
export function channelRoutes(plain: FastifyInstance, on: Parley): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/channel-kinds',
    {
      schema: {
        tags: ['channels'],
        summary: 'Messengers that can be connected',
        response: { 200: z.object({ items: z.array(Kind) }) },
      },
    },
    async () => ({
      items: on.channels.adapters().map(a => ({
        kind: a.kind,
        name: a.name,
        settings: settingsSchema(a),
        capabilities: { ...a.can },
        places: (a.places ?? []).map(({ name, addresses, can }) => ({
          name,
          addresses: [...addresses],
          capabilities: { ...can },
        })),
        setup: !!a.setup,
        createsTemplates: !!a.createTemplate,
        uncalled: !!a.uncalled,
        signIns: (a.signIns ?? []).map(s => ({ id: s.id, at: s.at, needs: [...s.needs], redirectUri: backTo(on) })),
      })),
    }),
  )
  app.get(
    '/channels',
    {
      schema: {
        tags: ['channels'],
        summary: 'Connected channels',
        response: { 200: z.object({ items: z.array(Channel) }) },
      },
    },
    async request => {
      const { workspaceId } = by(request)
      return { items: await inWorkspace(on.db, workspaceId, tx => listChannels(on, tx, workspaceId)) }
    },
  )
  app.post(
    '/channels',
    {
      schema: {
        tags: ['channels'],
        summary: 'Connect a channel',
        body: z.object({ kind: z.string(), name, settings: settings.default({}) }),
        response: { 201: Channel },
      },
    },
    async (request, reply) => {
      const connected = await connectChannel(on, mustManage(request).workspaceId, request.body)
      if (!connected.ok) throw invalid(connected.errors)
      return reply.code(201).send(connected.channel)
    },
  )
  app.get(
    '/channels/:id',
    { schema: { tags: ['channels'], summary: 'A channel', ...one, response: { 200: Channel } } },
    async request => {
      const { workspaceId } = by(request)
      return orNotFound(
        await inWorkspace(on.db, workspaceId, tx => channelById(on, tx, workspaceId, request.params.id)),
        'channel with this id',
      )
    },
  )
  const edit = z.object({
    name: name.optional(),
    settings: settings.optional(),
    state: z.enum(['on', 'off']).optional(),
  })
  app.patch(
    '/channels/:id',
    { schema: { tags: ['channels'], summary: 'Change a channel', ...one, body: edit, response: { 200: Channel } } },
    async request => {
      const edited = orNotFound(
        await editChannel(on, mustManage(request).workspaceId, request.params.id, request.body),
        'channel with this id',
      )
      if (!edited.ok) throw invalid(edited.errors)
      return edited.channel
    },
  )
  app.delete(
    '/channels/:id',
    {
      schema: {
        tags: ['channels'],
        summary: 'Disconnect a channel; its conversations stay',
        ...one,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      if (!(await disconnect(on, mustManage(request).workspaceId, request.params.id)))
        throw notFound('channel with this id')
      return reply.code(204).send(null)
    },
  )
  const done = z.object({
    ok: z.literal(true),
    account: z.string(),
    detail: z.string().optional(),
    proof: Proof.optional(),
  })
  app.post(
    '/channels/:id/setup',
    {
      schema: {
        tags: ['channels'],
        summary: 'Check the credentials, register the webhook at the provider and prove that it is reached',
        ...one,
        response: { 200: done },
      },
    },
    async request => {
      const result = orNotFound(
        await setUp(on, mustManage(request).workspaceId, request.params.id),
        'channel with this id',
      )
      if (!result.ok) throw new Problem(502, 'The provider refused', result.detail)
      return result
    },
  )
}
