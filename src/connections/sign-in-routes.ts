import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { mustManage } from '../api/caller.ts'
import { invalid, orNotFound } from '../api/problem.ts'
import { Channel, id } from '../api/shapes.ts'
import type { Parley } from '../parley.ts'
import { beginSignIn, connectSignedIn, finishSignIn, type Signing } from './sign-in.ts'

const state = z.string().min(20).max(100)
const begin = z.object({
  kind: z.string(),
  way: z.string().optional().describe('Which provider, where a kind has several.'),
  name: z.string().trim().max(100).default(''),
  settings: z.record(z.string(), z.string()).default({}),
  channelId: id.optional().describe('A channel to be connected anew: the settings it has need not be given.'),
  like: id.optional().describe('A channel of the same kind whose application serves for this account too.'),
})

const found = z.object({
  kind: z.string(),
  accounts: z.array(z.string()),
  channelId: id.nullable().describe('The channel that is connected anew.'),
  own: z.int().nullable().describe('Which of the accounts that channel is for.'),
})

/** Connecting an account by signing in at its provider, with the operator's own application there. */
export function signInRoutes(plain: FastifyInstance, on: Parley): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()
  const tags = ['channels']
  const begun = z.object({ address: z.url(), state })
  app.post(
    '/sign-ins',
    { schema: { tags, summary: 'Begin to connect by signing in', body: begin, response: { 201: begun } } },
    async (request, reply) => {
      const done = await beginSignIn(on, signing(request), request.body)
      if (!done.ok) throw invalid(done.errors)
      return reply.code(201).send({ address: done.address, state: done.state })
    },
  )
  app.post(
    '/sign-ins/finish',
    {
      schema: {
        tags,
        summary: 'Which accounts may be connected',
        body: z.object({ state, code: z.string().min(1).max(4000) }),
        response: { 200: found },
      },
    },
    async request => {
      const done = orNotFound(await finishSignIn(on, signing(request), request.body), 'sign-in under way')
      if (!done.ok) throw invalid(done.errors)
      const { kind, accounts, channelId, own } = done
      return { kind, accounts, channelId, own }
    },
  )
  app.post(
    '/sign-ins/connect',
    {
      schema: {
        tags,
        summary: 'Connect the chosen accounts',
        body: z.object({ state, accounts: z.array(z.int().min(0)).min(1).max(100) }),
        response: { 201: z.object({ items: z.array(Channel) }) },
      },
    },
    async (request, reply) => {
      const { state, accounts } = request.body
      const done = orNotFound(
        await connectSignedIn(on, signing(request), { state, chosen: accounts }),
        'sign-in under way',
      )
      if (!done.ok) throw invalid(done.errors)
      return reply.code(201).send({ items: done.channels })
    },
  )
}

function signing(request: FastifyRequest): Signing {
  const { workspaceId, agent } = mustManage(request)
  return { workspaceId, agentId: agent?.id ?? null }
}
