import { EventEmitter } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Change } from '../../src/api/shapes.ts'
import type { InboundEvent, RawRequest } from '../../src/channels/contract.ts'
import { site } from '../../src/channels/site/index.ts'
import type { Settings } from '../../src/channels/site/settings.ts'
import type { Database } from '../../src/db/connect.ts'
import { registerSite } from '../../src/site/index.ts'
import { testDatabase } from '../database.ts'

/** For a test's own pages; `url` is known once the shop is open. */
export interface Pages {
  app: FastifyInstance
  channelId: string
  url: string
}

/** A shop with a website chat, a real database, and an inbox just big enough to talk back. */
export async function openShop(
  t: TestContext,
  given: Record<string, string> = {},
  addPages: (to: Pages) => void = () => {},
) {
  const db = await testDatabase(t)
  const settings = site.settings.parse(given)
  const ids = await found(db)
  const hub = smallHub()
  const events: InboundEvent[] = []
  const heard = new EventEmitter().setMaxListeners(0)
  const files = new Map<string, { bytes: Uint8Array; mime: string; name: string }>()
  let down = false
  let lane = Promise.resolve()
  const app = Fastify({ forceCloseConnections: true })
  const inbox = smallInbox({ db, hub, ...ids })
  await registerSite(app, {
    db,
    subscribe: hub.subscribe,
    now: () => new Date(),
    channelOf: async id =>
      id === ids.channelId ? { workspaceId: ids.workspaceId, settings, name: 'Rye & Rose' } : undefined,
    async accept(_channelId, request: RawRequest) {
      if (down) return { status: 500 }
      const { verdict } = site.verify(request, settings as Settings, new Date())
      if (verdict !== 'accept') return { status: 401 }
      const fresh = site.parse(request)
      // One after another, as the real inbox does.
      lane = fresh.reduce((before, event) => before.then(() => inbox.receive(event)), lane)
      await lane
      events.push(...fresh)
      heard.emit('event')
      return { status: 200 }
    },
    async storeMedia(_workspaceId, { bytes, mime = 'application/octet-stream', name }) {
      const media = String(files.size + 1)
      files.set(media, { bytes, mime, name })
      const type = mime.startsWith('image/') ? 'image' : mime.startsWith('audio/') ? 'audio' : 'file'
      return { media, url: `/media/${media}`, mime, bytes: bytes.length, type }
    },
    mediaOf: async (_workspaceId, id) => files.get(id),
  })
  const pages = { app, channelId: ids.channelId, url: '' }
  addPages(pages)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  pages.url = url
  t.after(() => app.close())
  return {
    ...ids,
    ...inbox,
    app,
    db,
    url,
    port: (app.server.address() as AddressInfo).port,
    settings: settings as Settings,
    events,
    heard,
    hub,
    files,
    break() {
      down = true
    },
    mend() {
      down = false
    },
  }
}
export type Shop = Awaited<ReturnType<typeof openShop>>

async function found(db: Database): Promise<{ workspaceId: string; channelId: string }> {
  const w = await db.query<{ id: string }>(
    `insert into workspaces (slug, name) values ('rye', 'Rye & Rose') returning id`,
  )
  const workspaceId = w.rows[0]!.id
  const c = await db.query<{ id: string }>(
    `insert into channels (workspace_id, kind, name, settings) values ($1, 'site', 'Shop', '') returning id`,
    [workspaceId],
  )
  return { workspaceId, channelId: c.rows[0]!.id }
}

type Listener = (frame: { seq: number; changes: readonly Change[] }) => void

function smallHub() {
  const listeners = new Set<Listener>()
  return {
    subscribe(_workspaceId: string, listener: Listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    listeners,
    emit(seq: number, changes: unknown[]) {
      for (const listener of listeners) listener({ seq, changes: changes as Change[] })
    },
  }
}

interface Ground {
  db: Database
  hub: ReturnType<typeof smallHub>
  workspaceId: string
  channelId: string
}

/** Writes what the real inbox would write, as far as visitors see it. */
function smallInbox({ db, hub, workspaceId: w, channelId: c }: Ground) {
  async function publish(message: string, conversation: string): Promise<void> {
    const { rows } = await db.query<{ seq: string }>(
      `insert into live_heads as h (workspace_id, seq) values ($1, 1) on conflict (workspace_id) do update set seq = h.seq + 1 returning seq`,
      [w],
    )
    const seq = Number(rows[0]!.seq)
    await db.query('insert into changes (workspace_id, seq, refs) values ($1, $2, $3)', [
      w,
      seq,
      JSON.stringify({ message: [message] }),
    ])
    const address = (await db.query('select address from conversations where id = $1', [conversation])).rows[0]!.address
    hub.emit(seq, [
      { type: 'message', message: { id: message, conversationId: conversation } },
      { type: 'conversation', conversation: { id: conversation, channelId: c, address, contact: { identities: [] } } },
    ])
  }

  async function conversationFor(event: { from: string; sender?: { name?: string } }): Promise<string> {
    const known = await db.query('select conversation_id from identities where workspace_id = $1 and address = $2', [
      w,
      event.from,
    ])
    if (known.rows[0]) return String(known.rows[0].conversation_id)
    const contact = await db.query('insert into contacts (workspace_id, name) values ($1, $2) returning id', [
      w,
      event.sender?.name ?? 'Visitor',
    ])
    const made = await db.query<{ id: string }>(
      'insert into conversations (workspace_id, channel_id, contact_id, address) values ($1, $2, $3, $4) returning id',
      [w, c, contact.rows[0]!.id, event.from],
    )
    await identify(event.from, made.rows[0]!.id)
    return made.rows[0]!.id
  }

  const identify = (address: string, conversation: string) =>
    db.query(
      `insert into identities (workspace_id, channel_id, address, contact_id, conversation_id)
       select $1, $2, $3, contact_id, id from conversations where id = $4`,
      [w, c, address, conversation],
    )

  async function insert(
    conversation: string,
    fields: { direction: string; parts: unknown[]; id: string; author?: string; replyTo?: string },
  ): Promise<string | undefined> {
    const { rows } = await db.query<{ id: string }>(
      `insert into messages (workspace_id, conversation_id, channel_id, direction, author_type, author_name, parts, status, external_id, at, reply_to)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp(),
         (select id from messages where external_id = $10)) on conflict do nothing returning id`,
      [
        w,
        conversation,
        c,
        fields.direction,
        fields.author ? 'agent' : 'contact',
        fields.author ?? null,
        JSON.stringify(fields.parts),
        fields.direction === 'in' ? 'received' : 'sent',
        fields.id,
        fields.replyTo ?? null,
      ],
    )
    if (rows[0] && fields.direction === 'in')
      await db.query('update conversations set unread = unread + 1 where id = $1', [conversation])
    if (rows[0]) await publish(rows[0].id, conversation)
    return rows[0]?.id
  }

  let answers = 0
  return {
    publish,
    async receive(event: InboundEvent): Promise<void> {
      if (event.type === 'message' || event.type === 'chosen') {
        const parts =
          event.type === 'message' ? event.parts : [{ type: 'chosen', choice: event.choice, label: event.label }]
        const conversation = await conversationFor(event)
        const replyTo = event.type === 'message' ? event.replyTo : event.of
        await insert(conversation, { direction: 'in', parts, id: event.id, ...(replyTo && { replyTo }) })
      }
      if (event.type === 'moved') await identify(event.to, await conversationFor(event))
      if (event.type === 'receipt') {
        const { rows } = await db.query<{ id: string; conversation_id: string }>(
          'update messages set status = $2 where external_id = $1 returning id, conversation_id',
          [event.of, event.status],
        )
        if (rows[0]) await publish(rows[0].id, rows[0].conversation_id)
      }
      if (event.type === 'edited' || event.type === 'deleted') {
        const { rows } = await db.query<{ id: string; conversation_id: string }>(
          `update messages set parts = coalesce($2, parts), edited_at = case when $2::jsonb is null then null else now() end,
             deleted_at = case when $2::jsonb is null then now() end where external_id = $1 returning id, conversation_id`,
          [event.of, event.type === 'edited' ? JSON.stringify(event.parts) : null],
        )
        if (rows[0]) await publish(rows[0].id, rows[0].conversation_id)
      }
    },
    /** An agent answers everybody who wrote from this address. */
    async answer(address: string, parts: unknown[], author = 'Aino'): Promise<string> {
      const id = `out:answer-${++answers}`
      await insert(await conversationFor({ from: address }), { direction: 'out', parts, id, author })
      return id
    },
    messages: async () => (await db.query('select * from messages order by id')).rows,
  }
}
