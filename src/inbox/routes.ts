import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { by } from '../api/caller.ts'
import { orNotFound, Problem } from '../api/problem.ts'
import { Conversation, id, Message, Note, SayablePart, ThreadItem } from '../api/shapes.ts'
import { inWorkspace, type Transaction } from '../db/connect.ts'
import { inEnglish } from '../domain/prepare.ts'
import type { Parley } from '../parley.ts'
import { tellTyping } from './courtesy.ts'
import { countViews, cursorShape, listConversations, listMessages, listThread, views } from './list.ts'
import { freshClientId, type Replied, reply, sameWords } from './reply.ts'
import { reactTo, resend } from './resend.ts'
import { search } from './search.ts'
import { conversationsById } from './store.ts'
import { takeUploads } from './uploads.ts'
import { addNote, assign, closeConversation, markRead, type On, reopenConversation } from './verbs.ts'

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

/** Saying: messages, notes, reactions. */
export function sayRoutes(plain: FastifyInstance, on: Parley): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()
  const said = z.object({
    parts: z.array(SayablePart).min(1, 'must hold at least one part').max(20),
    replyTo: id.optional(),
  })
  app.post(
    '/conversations/:id/messages',
    { schema: { tags: ['messages'], summary: 'Answer', params: one, body: said, response: { 201: Message } } },
    async (request, answer) => {
      const { workspaceId, actor } = by(request)
      const parts = await takeUploads(on, workspaceId, request.body.parts)
      const asked = {
        workspaceId,
        conversationId: request.params.id,
        parts,
        replyTo: request.body.replyTo,
        clientId: clientIdOf(request) ?? freshClientId(),
        by: actor,
      }
      return answer.code(201).send(messageOf(await reply(on, asked), parts))
    },
  )
  const message = z.object({ id, message: id })
  app.post(
    '/conversations/:id/messages/:message/resend',
    {
      schema: {
        tags: ['messages'],
        summary: 'Send again what failed or perhaps was sent',
        params: message,
        response: { 200: Message },
      },
    },
    async request => {
      const resent = await resend(on, { ...where(request), messageId: request.params.message })
      if (resent === 'not-needed')
        throw new Problem(409, 'Nothing to send again', 'This message neither failed nor is it uncertain.')
      return orNotFound(resent === 'not-found' ? undefined : resent, 'message of ours with this id')
    },
  )
  app.post(
    '/conversations/:id/messages/:message/reaction',
    {
      schema: {
        tags: ['messages'],
        summary: 'React to a message; an empty emoji takes it away',
        params: message,
        body: z.object({ emoji: z.string().max(32) }),
        response: { 200: Message },
      },
    },
    async request => {
      const reacted = await reactTo(on, {
        ...where(request),
        messageId: request.params.message,
        emoji: request.body.emoji,
      })
      if (reacted === 'not-possible')
        throw new Problem(422, 'Not possible here', 'This messenger does not take this reaction to this message.', {
          field: 'emoji',
        })
      return orNotFound(reacted === 'not-found' ? undefined : reacted, 'message with this id')
    },
  )
  app.post(
    '/conversations/:id/notes',
    {
      schema: {
        tags: ['messages'],
        summary: 'Write a note for the team',
        params: one,
        body: z.object({ text: z.string().trim().min(1, 'must not be empty').max(20_000) }),
        response: { 201: Note },
      },
    },
    async (request, answer) => {
      const note = await addNote(on, {
        ...where(request),
        text: request.body.text,
        clientId: clientIdOf(request) ?? freshClientId(),
      })
      return answer.code(201).send(orNotFound(note, noConversation))
    },
  )
}

function clientIdOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key))
    throw new Problem(400, 'Invalid input', 'Idempotency-Key must be 1 to 200 visible ASCII characters.', {
      field: 'Idempotency-Key',
    })
  return key
}

function messageOf(replied: Replied, parts: SayablePart[]): Message {
  if (replied.ok) {
    if (replied.repeated && !sameWords(replied.message, parts))
      throw new Problem(
        422,
        'Key used before',
        'This Idempotency-Key was used for another message of this conversation.',
        { field: 'Idempotency-Key' },
      )
    return replied.message
  }
  if (replied.why !== 'refused')
    return orNotFound<Message>(
      undefined,
      replied.why === 'no-message' ? 'message to reply to in this conversation' : noConversation,
    )
  const errors = replied.because.map(remark => ({ field: 'parts', message: inEnglish(remark), ...remark }))
  throw new Problem(422, 'Not sendable here', errors.map(e => e.message).join('; '), {
    field: 'parts',
    errors,
    ...(replied.but && { but: replied.but }),
  })
}

const where = (request: FastifyRequest): On => ({
  workspaceId: by(request).workspaceId,
  conversationId: (request.params as { id: string }).id,
  by: by(request).actor,
})

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
