import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { by } from '../api/caller.ts'
import { orNotFound, Problem } from '../api/problem.ts'
import { Conversation, id, Message, ThreadItem } from '../api/shapes.ts'
import { inWorkspace, type Transaction } from '../db/connect.ts'
import type { Parley } from '../parley.ts'
import { tellTyping } from './courtesy.ts'
import { countViews, cursorShape, listConversations, listMessages, listThread, views } from './list.ts'
import { where } from './say-routes.ts'
import { search } from './search.ts'
import { conversationsById } from './store.ts'
import { assign, closeConversation, markRead, reopenConversation } from './verbs.ts'

const one = z.object({ id })
const cursor = z.string().regex(cursorShape, 'is not a cursor from an earlier page').optional()
const limit = z.coerce.number().int().min(1).max(200).default(50)
const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() })
const noConversation = 'conversation with this id'

/** Reading: lists, threads, search. */
export function readRoutes(plain: FastifyInstance, on: Parley): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()
  const inside = <T>(request: FastifyRequest, fn: (tx: Transaction, workspaceId: string) => Promise<T>) => {
    const { workspaceId } = by(request)
    return inWorkspace(on.db, workspaceId, tx => fn(tx, workspaceId))
  }
  const listQuery = z.object({ view: z.enum(views).default('all'), after: cursor, limit })
  app.get(
    '/conversations',
    {
      schema: {
        tags: ['conversations'],
        summary: 'Conversations, newest activity first',
        querystring: listQuery,
        response: { 200: page(Conversation) },
      },
    },
    request =>
      inside(request, (tx, workspaceId) =>
        listConversations(tx, workspaceId, { ...request.query, agentId: by(request).agent?.id ?? null }),
      ),
  )
  const counts = z.object({ open: z.number(), mine: z.number(), unassigned: z.number(), unread: z.number() })
  app.get(
    '/conversations/counts',
    { schema: { tags: ['conversations'], summary: 'How many are in each view', response: { 200: counts } } },
    request => inside(request, (tx, workspaceId) => countViews(tx, workspaceId, by(request).agent?.id ?? null)),
  )
  app.get(
    '/conversations/:id',
    { schema: { tags: ['conversations'], summary: 'A conversation', params: one, response: { 200: Conversation } } },
    request => inside(request, (tx, workspaceId) => conversation(tx, workspaceId, request.params.id)),
  )
  const before = z.object({ before: cursor, limit })
  app.get(
    '/conversations/:id/messages',
    {
      schema: {
        tags: ['messages'],
        summary: 'Messages, newest first',
        params: one,
        querystring: before,
        response: { 200: page(Message) },
      },
    },
    request =>
      inside(request, async (tx, workspaceId) => {
        await conversation(tx, workspaceId, request.params.id)
        return listMessages(tx, workspaceId, { conversationId: request.params.id, ...request.query })
      }),
  )
  app.get(
    '/conversations/:id/thread',
    {
      schema: {
        tags: ['messages'],
        summary: 'Messages, notes and happenings in one order, newest first',
        params: one,
        querystring: before,
        response: { 200: page(ThreadItem) },
      },
    },
    request =>
      inside(request, async (tx, workspaceId) => {
        await conversation(tx, workspaceId, request.params.id)
        return listThread(tx, workspaceId, { conversationId: request.params.id, ...request.query })
      }),
  )
  const found = z.object({
    people: z.array(Conversation),
    messages: z.array(z.object({ conversation: Conversation, message: Message, excerpt: z.string() })),
  })
  app.get(
    '/search',
    {
      schema: {
        tags: ['conversations'],
        summary: 'Search people and words',
        querystring: z.object({ q: z.string().trim().min(1).max(200) }),
        response: { 200: found },
      },
    },
    request => inside(request, (tx, workspaceId) => search(tx, workspaceId, request.query.q)),
  )
}

const conversation = async (tx: Transaction, workspaceId: string, conversationId: string): Promise<Conversation> =>
  orNotFound((await conversationsById(tx, workspaceId, [conversationId]))[0], noConversation)

/** Doing: assign, close, reopen, read, typing. */
export function doRoutes(plain: FastifyInstance, on: Parley): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()
  const schema = (summary: string) => ({
    tags: ['conversations'],
    summary,
    params: one,
    response: { 200: Conversation },
  })
  const agent = z.union([id, z.literal('me'), z.null()])
  app.post(
    '/conversations/:id/assign',
    { schema: { ...schema('Hand to an agent, to me, or to nobody'), body: z.object({ agent }) } },
    async request => {
      const mine = by(request).agent?.id
      const agentId = request.body.agent === 'me' ? (mine ?? null) : request.body.agent
      if (request.body.agent === 'me' && !mine)
        throw new Problem(400, 'Invalid input', 'An API key is nobody: name an agent by id.', { field: 'agent' })
      if (agentId) await mustBeAgent(on, by(request).workspaceId, agentId)
      return orNotFound(await assign(on, { ...where(request), agentId, cause: 'by hand' }), noConversation)
    },
  )
  app.post('/conversations/:id/close', { schema: schema('Close') }, async request =>
    orNotFound(await closeConversation(on, where(request)), noConversation),
  )
  app.post('/conversations/:id/reopen', { schema: schema('Open again') }, async request =>
    orNotFound(await reopenConversation(on, where(request)), noConversation),
  )
  app.post('/conversations/:id/read', { schema: schema('Everything in it was seen') }, async request =>
    orNotFound(await markRead(on, where(request)), noConversation),
  )
  app.post(
    '/conversations/:id/typing',
    { schema: { tags: ['conversations'], summary: 'An agent is typing', params: one, response: { 204: z.null() } } },
    async (request, answer) => {
      const { workspaceId, actor } = by(request)
      tellTyping(on, { workspaceId, conversationId: request.params.id, who: actor.name })
      return answer.code(204).send(null)
    },
  )
}

async function mustBeAgent(on: Parley, workspaceId: string, agentId: string): Promise<void> {
  const { rows } = await on.db.query(
    'select 1 from agents where workspace_id = $1 and id = $2 and disabled_at is null',
    [workspaceId, agentId],
  )
  if (!rows.length) throw new Problem(400, 'Invalid input', 'There is no agent with this id.', { field: 'agent' })
}
