import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { by } from '../api/caller.ts'
import { orNotFound } from '../api/problem.ts'
import { Contact, id } from '../api/shapes.ts'
import { inWorkspace, type Queryable } from '../db/connect.ts'
import { changing } from '../live/publish.ts'
import type { Parley } from '../parley.ts'
import { conversationsById, holdConversationsOf } from './store.ts'

/** The person beside the conversation. */
export function contactRoutes(plain: FastifyInstance, on: Parley): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()
  const params = z.object({ id })
  app.get(
    '/contacts/:id',
    { schema: { tags: ['contacts'], summary: 'A person', params, response: { 200: Contact } } },
    async request => {
      const { workspaceId } = by(request)
      return orNotFound(
        await inWorkspace(on.db, workspaceId, tx => contactById(tx, workspaceId, request.params.id)),
        'contact with this id',
      )
    },
  )
  const edit = z.object({
    name: z.string().trim().min(1).max(200).optional(),
    phone: z.string().max(50).optional(),
    email: z.string().max(254).optional(),
    language: z.string().max(20).optional(),
  })
  app.patch(
    '/contacts/:id',
    {
      schema: {
        tags: ['contacts'],
        summary: 'Change what is known of a person',
        params,
        body: edit,
        response: { 200: Contact },
      },
    },
    async request => {
      const { workspaceId } = by(request)
      const { name, phone, email, language } = request.body
      const contact = await changing(on, workspaceId, async tx => {
        const ids = await holdConversationsOf(tx, workspaceId, request.params.id)
        await tx.query(
          `update contacts set name = coalesce($3, name), named = named or $3 is not null, phone = coalesce($4, phone), email = coalesce($5, email), language = coalesce($6, language)
         where workspace_id = $1 and id = $2`,
          [workspaceId, request.params.id, name ?? null, phone ?? null, email ?? null, language ?? null],
        )
        const changed = await contactById(tx, workspaceId, request.params.id)
        for (const conversation of await conversationsById(tx, workspaceId, ids))
          tx.tell({ type: 'conversation', conversation })
        return changed
      })
      return orNotFound(contact, 'contact with this id')
    },
  )
}

interface Row {
  id: string
  name: string
  avatar_url: string | null
  phone: string | null
  email: string | null
  language: string | null
  created_at: Date
  identities: { channelId: string; address: string; username: string | null }[]
  conversations: { id: string; channelId: string; status: string; lastMessageAt: string | null }[]
  consents: { channelId: string; given: boolean; purpose: string; at: string }[]
}

async function contactById(tx: Queryable, workspaceId: string, contactId: string): Promise<Contact | undefined> {
  const { rows } = await tx.query<Row>(
    `select p.id, p.name, p.avatar_url, p.phone, p.email, p.language, p.created_at,
       (select coalesce(json_agg(json_build_object('channelId', i.channel_id::text, 'address', i.address, 'username', i.username) order by i.created_at), '[]')
        from identities i where i.workspace_id = $1 and i.contact_id = p.id) as identities,
       (select coalesce(json_agg(json_build_object('id', c.id::text, 'channelId', c.channel_id::text, 'status', c.status, 'lastMessageAt', c.last_message ->> 'at') order by c.active_at desc), '[]')
        from conversations c where c.workspace_id = $1
          and c.id in (select i.conversation_id from identities i where i.workspace_id = $1 and i.contact_id = p.id)) as conversations,
       (select coalesce(json_agg(json_build_object('channelId', k.channel_id::text, 'given', k.given, 'purpose', k.purpose, 'at', to_char(k.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) order by k.at desc), '[]')
        from consents k where k.workspace_id = $1 and k.contact_id = p.id) as consents
     from contacts p where p.workspace_id = $1 and p.id = $2`,
    [workspaceId, contactId],
  )
  const row = rows[0]
  if (!row) return undefined
  const { avatar_url, created_at, identities, phone, email, language, ...rest } = row
  return {
    ...rest,
    ...(avatar_url && { avatarUrl: avatar_url }),
    ...(phone && { phone }),
    ...(email && { email }),
    ...(language && { language }),
    createdAt: created_at.toISOString(),
    identities: identities.map(({ username, ...i }) => ({ ...i, ...(username && { username }) })),
  }
}
