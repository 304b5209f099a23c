import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { WebSocketServer } from 'ws'
import type { Change, Conversation, Message } from '../../src/api/shapes.ts'
import type { Capabilities } from '../../src/domain/capabilities.ts'
import { agents, ago, channels, conversations, lastOf, newId, threads, wordsOf } from './data.ts'

/** A stand-in for the real server, for drawing screens. */
const drawn = readFileSync(new URL('../../../shared/ui/inbox.html', import.meta.url), 'utf8')
const photos = [...new Set(drawn.match(/<svg class="photo".*?<\/svg>/gs) ?? [])].map(s =>
  s.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400" '),
)
let me: Record<string, unknown> | null = process.argv.includes('--out') ? null : {}
const empty = process.argv.includes('--empty')
const meNow = () => ({
  ...agents[0],
  workspace: { id: '1', name: 'Rowan & Rye' },
  locale: null,
  theme: null,
  demo: true,
  ...me,
})
const can: Capabilities = {
  text: { max: 4096, unit: 'codepoints' },
  media: {
    image: { maxBytes: 5e6, caption: 1024 },
    video: { maxBytes: 16e6, caption: 1024 },
    audio: { maxBytes: 16e6, caption: 0 },
    voice: { maxBytes: 16e6, caption: 0 },
    file: { maxBytes: 1e8, caption: 1024 },
  },
  choices: { max: 3, label: 20, id: 256, prompt: 1024, list: { max: 10, label: 24, description: 72, id: 200 } },
  location: true,
  contact: true,
  templates: true,
  reply: true,
  reactions: 'any',
  receipts: ['delivered', 'read'],
  window: { hours: 24, after: 'template' },
  firstMessage: 'template',
  rate: { perSecond: 80 },
}
const open: Capabilities = { ...can, firstMessage: 'never', choices: { max: 50, label: 64, id: 64, prompt: 4096 } }
const { window: _w, templates: _t, ...free } = open
const settings = {
  type: 'object',
  properties: {
    token: { type: 'string', title: 'Bot token', description: 'From BotFather, after /newbot.', secret: true },
    webhookSecret: {
      type: 'string',
      title: 'Webhook secret',
      secret: true,
      description: 'Made up by you; left empty, Parley makes one.',
    },
    baseUrl: { type: 'string', title: 'Base URL', default: 'https://api.telegram.org' },
  },
  required: ['token'],
}
const kinds = [
  ['telegram', 'Telegram'],
  ['site', 'Website'],
  ['whatsapp', 'WhatsApp'],
  ['viber', 'Viber'],
  ['vk', 'VK'],
  ['line', 'LINE'],
  ['email', 'E-mail'],
  ['instagram', 'Instagram'],
  ['sms-gateway', 'SMS gateway'],
  ['matrix', 'Matrix'],
].map(([kind, name]) => ({
  kind,
  name,
  settings,
  capabilities: kind === 'whatsapp' || kind === 'viber' ? can : free,
  setup: true,
}))
const keys = [{ id: '1', name: 'Till', hint: '…f2Qa', createdAt: ago(40000), usedAt: ago(30) }]
const deliveries = Array.from({ length: 60 }, (_, i) => ({
  id: String(900 - i),
  channelId: String(1 + (i % 6)),
  receivedAt: ago(i * 7),
  state: i === 3 ? 'quarantined' : 'done',
  error: i === 3 ? 'Unexpected token at 118' : null,
  bytes: 800 + i * 13,
  body: JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: 1000 + i, changes: [{ value: { messages: [{ id: `wamid.${1100 + i}` }] } }] }],
  }),
}))

let seq = 100
const server = createServer((request, response) => void answer(request, response))
const sockets = new WebSocketServer({ noServer: true })
server.on('upgrade', (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, ws => ws.send(JSON.stringify({ seq, changes: [] }))),
)
const tell = (...changes: Change[]) => {
  const frame = JSON.stringify({ seq: ++seq, changes })
  for (const ws of sockets.clients) ws.send(frame)
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const sorted = () => conversations.toSorted((a, b) => (a.lastMessageAt! < b.lastMessageAt! ? 1 : -1))
const inView: Record<string, (c: Conversation) => boolean> = {
  open: c => c.status === 'open',
  mine: c => c.status === 'open' && c.assignee?.id === '1',
  unassigned: c => c.status === 'open' && !c.assignee,
  closed: c => c.status === 'closed',
  all: () => true,
}

function touch(c: Conversation, message: Message): void {
  c.lastMessage = lastOf(message, wordsOf(message.parts[0]))
  c.lastMessageAt = message.at
  if (message.direction === 'out') c.waitingSince = null
  tell({ type: 'message', message }, { type: 'conversation', conversation: c })
}

function sendMessage(c: Conversation, body: { parts: Message['parts']; replyTo?: string }, clientId: string): Message {
  const message: Message = {
    id: newId(),
    conversationId: c.id,
    direction: 'out',
    author: { type: 'agent', id: '1', name: 'Aino Korhonen' },
    parts: body.parts,
    status: 'queued',
    externalId: null,
    clientId,
    at: new Date().toISOString(),
    ...(body.replyTo && { replyTo: body.replyTo }),
  }
  threads.get(c.id)!.push({ type: 'message', message })
  for (const [i, status] of (['sent', 'delivered', 'read'] as const).entries())
    setTimeout(
      () => {
        message.status = status
        touch(c, message)
      },
      600 * (i + 1),
    )
  setTimeout(() => tell({ type: 'typing', conversationId: c.id, who: c.contact.name }), 1500)
  setTimeout(() => {
    const heard: Message = {
      id: newId(),
      conversationId: c.id,
      direction: 'in',
      author: { type: 'contact', id: c.contact.id, name: c.contact.name },
      parts: [{ type: 'text', text: 'Thank you!' }],
      status: 'received',
      externalId: null,
      at: new Date().toISOString(),
    }
    threads.get(c.id)!.push({ type: 'message', message: heard })
    c.unread++
    c.waitingSince ??= heard.at
    touch(c, heard)
  }, 3000)
  return message
}

const find = (id: string, mid: string) =>
  threads.get(id)!.flatMap(i => (i.type === 'message' && i.message.id === mid ? [i.message] : []))[0]!

const routes: [string, RegExp, (m: string[], body: never, url: URL, request: IncomingMessage) => unknown][] = [
  ['GET', /^\/me$/, () => (me ? meNow() : undefined)],
  [
    'PATCH',
    /^\/me$/,
    (_, body) => {
      me = { ...me, ...(body as object) }
      return meNow()
    },
  ],
  [
    'POST',
    /^\/session$/,
    (_, body: { password: string }) => {
      if (body.password === 'wrong') return undefined
      me = {}
      return meNow()
    },
  ],
  ['POST', /^\/session\/link$/, () => ({ email: 'leena@rowanrye.example', name: '', workspace: 'Rowan & Rye' })],
  [
    'POST',
    /^\/session\/link\/use$/,
    () => {
      me = {}
      return meNow()
    },
  ],
  [
    'DELETE',
    /^\/session$/,
    () => {
      me = null
      return null
    },
  ],
  ['GET', /^\/agents$/, () => ({ items: agents })],
  [
    'POST',
    /^\/agents$/,
    (_, body: object) => ({
      agent: { id: newId(), joined: false, ...body },
      link: 'https://talk.rowanrye.example/welcome#k3J9vQ',
    }),
  ],
  ['GET', /^\/api-keys$/, () => ({ items: keys })],
  [
    'POST',
    /^\/api-keys$/,
    (_, body: { name: string }) => {
      keys.push({ id: newId(), name: body.name, hint: '…9xKd', createdAt: ago(0), usedAt: null as never })
      return { id: '9', name: body.name, key: 'pk_7Qm2fJx0T4vN8sLbZr5yC1' }
    },
  ],
  [
    'DELETE',
    /^\/api-keys\/(\d+)$/,
    m => {
      keys.splice(
        keys.findIndex(k => k.id === m[1]),
        1,
      )
      return null
    },
  ],
  ['GET', /^\/channel-kinds$/, () => ({ items: kinds })],
  ['GET', /^\/channels$/, () => ({ items: empty ? [] : channels })],
  [
    'POST',
    /^\/channels$/,
    (_, body: { kind: string; name: string }) => {
      const c = {
        ...channels[0]!,
        id: newId(),
        kind: body.kind,
        name: body.name,
        account: null,
        health: {
          ...channels[0]!.health,
          state: 'quiet' as const,
          lastInAt: null,
          lastOutAt: null,
          hours: [],
          received: 0,
          sent: 0,
        },
      }
      channels.push(c)
      return c
    },
  ],
  [
    'PATCH',
    /^\/channels\/(\d+)$/,
    (m, body: object) => Object.assign(channels.find(c => c.id === m[1])!, 'name' in body ? { name: body.name } : {}),
  ],
  [
    'DELETE',
    /^\/channels\/(\d+)$/,
    m => {
      channels.splice(
        channels.findIndex(c => c.id === m[1]),
        1,
      )
      return null
    },
  ],
  ['POST', /^\/channels\/\d+\/setup$/, () => ({ ok: true, account: '@rowanrye_shop_bot' })],
  [
    'GET',
    /^\/conversations\/counts$/,
    () => ({
      open: conversations.filter(inView.open!).length,
      mine: conversations.filter(inView.mine!).length,
      unassigned: conversations.filter(inView.unassigned!).length,
      unread: 6,
    }),
  ],
  [
    'GET',
    /^\/conversations$/,
    (_m, _b, url) => {
      const all = sorted().filter(inView[url.searchParams.get('view') ?? 'all']!)
      const from = Number(url.searchParams.get('after') ?? 0)
      return {
        items: empty ? [] : all.slice(from, from + 40),
        next: !empty && from + 40 < all.length ? String(from + 40) : null,
      }
    },
  ],
  ['GET', /^\/conversations\/(\d+)$/, m => conversations.find(c => c.id === m[1])],
  [
    'GET',
    /^\/conversations\/(\d+)\/thread$/,
    (m, _b, url) => {
      const all = threads.get(m[1]!)!.toReversed()
      const from = Number(url.searchParams.get('before') ?? 0)
      return { items: all.slice(from, from + 50), next: from + 50 < all.length ? String(from + 50) : null }
    },
  ],
  [
    'POST',
    /^\/conversations\/(\d+)\/messages$/,
    (m, body, _u, request) =>
      sendMessage(conversations.find(c => c.id === m[1])!, body, String(request.headers['idempotency-key'])),
  ],
  [
    'POST',
    /^\/conversations\/(\d+)\/messages\/(\d+)\/resend$/,
    m => {
      const { failure: _, ...message } = find(m[1]!, m[2]!)
      return { ...message, status: 'queued' }
    },
  ],
  [
    'POST',
    /^\/conversations\/(\d+)\/messages\/(\d+)\/reaction$/,
    (m, body: { emoji: string }) => {
      const message = find(m[1]!, m[2]!)
      message.reactions = body.emoji ? [{ emoji: body.emoji, by: 'agent', name: 'Aino Korhonen' }] : []
      return message
    },
  ],
  [
    'POST',
    /^\/conversations\/(\d+)\/notes$/,
    (m, body: { text: string }, _u, request) => {
      const note = {
        id: newId(),
        conversationId: m[1]!,
        author: { id: '1', name: 'Aino Korhonen' },
        text: body.text,
        clientId: String(request.headers['idempotency-key']),
        at: new Date().toISOString(),
      }
      threads.get(m[1]!)!.push({ type: 'note', note })
      return note
    },
  ],
  [
    'POST',
    /^\/conversations\/(\d+)\/(assign|close|reopen|read|typing)$/,
    (m, body: { agent?: string | null }) => {
      const c = conversations.find(x => x.id === m[1])!
      if (m[2] === 'typing') return null
      if (m[2] === 'read') c.unread = 0
      if (m[2] === 'close') {
        c.status = 'closed'
        c.waitingSince = null
      }
      if (m[2] === 'reopen') c.status = 'open'
      const agent = body.agent === 'me' ? '1' : body.agent
      if (m[2] === 'assign') c.assignee = agents.find(a => a.id === agent) ?? null
      const happening = {
        id: newId(),
        conversationId: c.id,
        what:
          m[2] === 'close'
            ? ('closed' as const)
            : m[2] === 'reopen'
              ? ('reopened' as const)
              : c.assignee
                ? ('assigned' as const)
                : ('unassigned' as const),
        by: 'Aino Korhonen',
        ...(c.assignee && { agent: c.assignee.name }),
        cause: 'agent',
        at: new Date().toISOString(),
      }
      if (m[2] !== 'read') {
        threads.get(c.id)!.push({ type: 'happening', happening })
        tell({ type: 'happening', happening })
      }
      return c
    },
  ],
  [
    'GET',
    /^\/search$/,
    (_m, _b, url) => {
      const q = url.searchParams.get('q')!.toLowerCase()
      const people = conversations.filter(c => c.contact.name.toLowerCase().includes(q)).slice(0, 20)
      const messages = [...threads]
        .flatMap(([id, items]) =>
          items.flatMap(i =>
            i.type === 'message' && wordsOf(i.message.parts[0]).toLowerCase().includes(q)
              ? [
                  {
                    conversation: conversations.find(c => c.id === id),
                    message: i.message,
                    excerpt: wordsOf(i.message.parts[0]).replace(new RegExp(q, 'i'), s => `<mark>${s}</mark>`),
                  },
                ]
              : [],
          ),
        )
        .slice(-20)
      return { people, messages }
    },
  ],
  [
    'GET',
    /^\/contacts\/(\d+)$/,
    m => {
      const c = conversations.find(x => x.contact.id === m[1])!
      return {
        ...c.contact,
        phone: '+358 40 555 0142',
        language: 'fi',
        createdAt: ago(900000),
        conversations: [
          { id: c.id, channelId: c.channelId, status: c.status, lastMessageAt: c.lastMessageAt },
          { id: '22', channelId: '2', status: 'closed', lastMessageAt: ago(30000) },
        ],
        consents: [
          { channelId: '1', given: true, purpose: 'orders', at: ago(60000) },
          { channelId: '5', given: true, purpose: 'offers', at: ago(400000) },
          { channelId: '1', given: false, purpose: 'offers', at: ago(220000) },
        ],
      }
    },
  ],
  [
    'PATCH',
    /^\/contacts\/(\d+)$/,
    (m, body: object) => {
      const c = conversations.find(x => x.contact.id === m[1])!
      Object.assign(c.contact, body)
      tell({ type: 'conversation', conversation: c })
      return { ...c.contact, createdAt: ago(1), conversations: [], consents: [] }
    },
  ],
  [
    'GET',
    /^\/deliveries$/,
    (_m, _b, url) => {
      const items = deliveries.filter(
        d =>
          (!url.searchParams.get('state') || d.state === url.searchParams.get('state')) &&
          (!url.searchParams.get('channel') || d.channelId === url.searchParams.get('channel')),
      )
      return { items, next: null }
    },
  ],
  ['POST', /^\/deliveries\/(\d+)\/replay$/, () => ({ replayed: 1 })],
  ['POST', /^\/deliveries\/replay$/, () => ({ replayed: 12 })],
]

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://x')
  const path = url.pathname.replace('/api/v1', '')
  const raw = await bodyOf(request)
  const send = (status: number, value: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  if (path.startsWith('/media')) return media(request, response, raw)
  for (const [method, pattern, run] of routes) {
    const match = pattern.exec(path)
    if (method !== request.method || !match) continue
    const value = run([...match], (raw.length ? JSON.parse(raw.toString()) : {}) as never, url, request)
    if (value === undefined)
      return void send(401, {
        type: 'about:blank',
        title: 'Signed out',
        status: 401,
        detail: 'The e-mail address or the password is wrong.',
      })
    return void (value === null ? response.writeHead(204).end() : send(200, value))
  }
  send(404, { type: 'about:blank', title: 'Not found', status: 404, detail: `Nothing at ${path}` })
}

const uploads = new Map<string, { type: string; bytes: Buffer }>()
function media(request: IncomingMessage, response: ServerResponse, raw: Buffer): void {
  const url = new URL(request.url!, 'http://x')
  const id = url.pathname.split('/').at(-1)!
  if (request.method === 'POST') {
    const media = newId()
    const mime = request.headers['content-type']!
    uploads.set(media, { type: mime, bytes: raw })
    const kind = mime.split('/')[0]!
    const body = {
      media,
      url: `/api/v1/media/${media}`,
      mime,
      bytes: raw.length,
      name: url.searchParams.get('name'),
      type: ['image', 'video', 'audio'].includes(kind) ? kind : 'file',
    }
    return void response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  const kept = uploads.get(id)
  if (kept) return void response.writeHead(200, { 'content-type': kept.type }).end(kept.bytes)
  const photo = photos[Number(id) - 1]
  if (photo) return void response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(photo)
  response.writeHead(404).end()
}

server.listen(3900)
