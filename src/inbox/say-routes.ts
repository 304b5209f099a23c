import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { by } from '../api/caller.ts'
import { orNotFound, Problem } from '../api/problem.ts'
import { id, Message, Note, SayablePart } from '../api/shapes.ts'
import { inEnglish } from '../domain/prepare.ts'
import type { Parley } from '../parley.ts'
import { freshClientId, type Replied, reply, sameWords } from './reply.ts'
import { reactTo, resend } from './resend.ts'
import { takeUploads } from './uploads.ts'
import { addNote, type On } from './verbs.ts'

const one = z.object({ id })
const noConversation = 'conversation with this id'

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

/** The conversation a request names, and who asks. */
export const where = (request: FastifyRequest): On => ({
  workspaceId: by(request).workspaceId,
  conversationId: (request.params as { id: string }).id,
  by: by(request).actor,
})
