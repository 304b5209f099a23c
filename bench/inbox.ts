import fs from 'node:fs'
import http from 'node:http'
import pg from 'pg'
import type { Figure } from './figure.ts'
import { seed, size } from './seed.ts'
import { ask, makeFolder, quantile, type Served, serve } from './server.ts'
import { planted } from './words.ts'

const requests = 300
const warmUps = 30

interface Case {
  name: string
  /** One or many addresses; they are asked in turn. */
  paths: string[]
  target: number
}

/** How long the inbox takes to show, with a million messages: through HTTP, as the signed-in owner, one request at a time. */
export async function inbox(): Promise<Figure[]> {
  const dir = makeFolder('inbox')
  try {
    const served = await serve(dir)
    try {
      const db = new pg.Client(served.database)
      await db.connect()
      await fill(served, db)
      const cases = [...(await lists(db)), ...(await threads(db)), ...searches()]
      await db.end()
      const cookie = await signIn(served)
      const figures: Figure[] = []
      for (const one of cases) figures.push(await measure(served, cookie, one))
      return figures
    } finally {
      await served.stop()
    }
  } finally {
    fs.rmSync(dir, { recursive: true, force: true })
  }
}

async function fill(served: Served, db: pg.Client): Promise<void> {
  const channelIds: string[] = []
  for (const name of ['One', 'Two', 'Three']) {
    const settings = { token: `1:${name}`, webhookSecret: 'secret', baseUrl: 'http://127.0.0.1:1' }
    channelIds.push((await ask<{ id: string }>(served, 'POST /channels', { kind: 'telegram', name, settings })).id)
  }
  const { rows } = await db.query<{ workspace_id: string; id: string }>('select workspace_id, id from agents limit 1')
  await seed(db, { workspaceId: rows[0]!.workspace_id, ownerId: rows[0]!.id, channelIds })
}

/** The lists "mine" and "unassigned" are a person's, so an API key will not do. */
async function signIn(served: Served): Promise<string> {
  const response = await fetch(`${served.base}/api/v1/session/link/use`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      token: served.link,
      name: 'Owner',
      email: 'owner@shop.example',
      password: 'a password of the bench',
    }),
  })
  const cookie = response.headers.get('set-cookie')?.split(';')[0]
  if (!response.ok || !cookie) throw new Error(`Signing in answered ${response.status}.`)
  return cookie
}

async function lists(db: pg.Client): Promise<Case[]> {
  const { rows } = await db.query<{ cursor: string }>(
    `select to_char(active_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '_' || id as cursor from
       (select active_at, id, row_number() over (order by active_at desc, id desc) as n from conversations) c
     where n > 50000 and n % 400 = 0`,
  )
  const first = ['all', 'open', 'mine', 'unassigned', 'closed'].map(view => ({
    name: `list, ${view}: first 50`,
    paths: [`/conversations?view=${view}`],
    target: 20,
  }))
  const deep = rows.map(row => `/conversations?view=all&after=${row.cursor}`)
  return [
    ...first,
    { name: 'list, all: 50 somewhere beyond the 50,000th', paths: deep, target: 20 },
    { name: 'counts beside the views', paths: ['/conversations/counts'], target: 20 },
  ]
}

async function threads(db: pg.Client): Promise<Case[]> {
  const { rows } = await db.query<{ id: string; notes: number }>(
    `select m.conversation_id as id, (select count(*)::int from notes n where n.conversation_id = m.conversation_id) as notes
     from messages m group by m.conversation_id having count(*) >= 50 order by md5(m.conversation_id::text)`,
  )
  const noted = rows.filter(row => row.notes >= 5)
  return [
    {
      name: 'messages: last 50',
      paths: rows.slice(0, 300).map(row => `/conversations/${row.id}/messages`),
      target: 20,
    },
    {
      name: 'thread with notes: last 50',
      paths: noted.slice(0, 300).map(row => `/conversations/${row.id}/thread`),
      target: 20,
    },
  ]
}

function searches(): Case[] {
  const words = {
    'a common word': 'order',
    'a rare word': planted.rare,
    'a word nobody said': planted.absent,
    'two words': 'broken parcel',
    'two words that never meet': `заказ ${planted.rare}`,
    'a Russian stem': 'доставку',
    'a beginning': 'tilau',
    'two letters': 'de',
    'a name': 'Väinö',
    'part of a phone number': '400054321',
    'a username': 'user_11c2',
  }
  return Object.entries(words).map(([name, word]) => ({
    name: `search: ${name}`,
    paths: [`/search?q=${encodeURIComponent(word)}`],
    target: 150,
  }))
}

async function measure(served: Served, cookie: string, { name, paths, target }: Case): Promise<Figure> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const get = (path: string) => timed(`${served.base}${path}`, { agent, headers: { cookie } })
  const took: number[] = []
  const control: number[] = []
  for (let n = -warmUps; n < requests; n++) {
    const ours = await get(`/api/v1${paths[(n + warmUps) % paths.length]}`)
    const bare = await get('/readyz')
    if (n < 0) continue
    took.push(ours)
    control.push(bare)
  }
  agent.destroy()
  return {
    name: `Inbox, ${name}, p99`,
    value: quantile(took, 0.99),
    unit: 'ms',
    control: { name: '"select 1" over HTTP in turn with it, p99', value: quantile(control, 0.99) },
    target: `< ${target} ms`,
    note: `p50 ${quantile(took, 0.5)} ms (control ${quantile(control, 0.5)}); ${requests} requests, ${size.messages.toLocaleString('en')} messages in ${size.conversations.toLocaleString('en')} conversations.`,
  }
}

function timed(url: string, options: http.RequestOptions): Promise<number> {
  const began = performance.now()
  return new Promise((done, failed) => {
    http
      .get(url, options, response => {
        response.resume()
        response.on('end', () =>
          response.statusCode === 200
            ? done(performance.now() - began)
            : failed(new Error(`${url} answered ${response.statusCode}`)),
        )
      })
      .on('error', failed)
  })
}

if (import.meta.main) console.table(await inbox())
