import { type ChildProcess, fork, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { Figure } from './figure.ts'
import type { Order, Post } from './screens.ts'
import { answers, ask, end, freePort, makeFolder, median, memoryOf, quantile, type Served, serve } from './server.ts'

const crowd = 5000
const few = 50
const times = 15

/** Open screens: what an idle one costs, how soon a change is on all of them, how soon a customer's message is. */
export async function live(): Promise<Figure[]> {
  const dir = makeFolder('live')
  try {
    const bare = await onBare()
    const served = await serve(dir)
    try {
      return figures(await onOurs(served), bare)
    } finally {
      await served.stop()
    }
  } finally {
    fs.rmSync(dir, { recursive: true, force: true })
  }
}

interface Measured {
  bytesEach: number
  fanOut: number[]
  steady: number[]
}

interface Side {
  pid: number
  /** WebSocket address of the screens. */
  url: string
  headers: Record<string, string>
  /** What makes a change, and what is a customer's message. */
  change: Post
  message: Post
}

async function onBare(): Promise<Measured> {
  const port = await freePort()
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'bare-live.ts'), String(port)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const base = `http://127.0.0.1:${port}`
  await answers(base, child)
  const post = { url: base, headers: {}, body: JSON.stringify({ text: `SAID ${'x'.repeat(400)}` }) }
  try {
    return await measure({ pid: child.pid!, url: `ws://127.0.0.1:${port}`, headers: {}, change: post, message: post })
  } finally {
    await end(child, 'SIGKILL')
  }
}

async function onOurs(served: Served): Promise<Measured> {
  const settings = { token: '1:live', webhookSecret: 'secret', baseUrl: 'http://127.0.0.1:1' }
  const { id } = await ask<{ id: string }>(served, 'POST /channels', { kind: 'telegram', name: 'Live', settings })
  const message = telegramTo(`${served.base}/hooks/${id}`)
  const headers = { authorization: `Bearer ${served.key}` }
  await fetch(message.url, { method: 'POST', headers: message.headers, body: message.body.replaceAll('NUMBER', '0') })
  const list = await until(async () => {
    const { items } = await ask<{ items: { id: string }[] }>(served, 'GET /conversations')
    return items.length ? items : undefined
  })
  return measure({
    pid: served.pid,
    url: `${served.base.replace('http', 'ws')}/api/v1/live`,
    headers,
    change: {
      url: `${served.base}/api/v1/conversations/${list[0]!.id}/notes`,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ text: `SAID ${'x'.repeat(200)}` }),
    },
    message,
  })
}

/** One customer's text message by Telegram's webhook. */
function telegramTo(url: string): Post {
  const from = '{"id":70000001,"is_bot":false,"first_name":"Anna"}'
  const body = `{"update_id":NUMBER,"message":{"message_id":NUMBER,"from":${from},"chat":{"id":70000001,"type":"private","first_name":"Anna"},"date":${Math.floor(Date.now() / 1000)},"text":"SAID Is it ready?"}}`
  return { url, headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': 'secret' }, body }
}

async function measure(side: Side): Promise<Measured> {
  const open = { do: 'open', url: side.url, headers: side.headers, count: crowd } as const
  const crowded = await withScreens(async tell => {
    await tell(open)
    const bytesEach = await withScreens(async more => {
      await settle()
      const before = memoryOf(side.pid, 'Rss')
      await more(open)
      await settle()
      return (memoryOf(side.pid, 'Rss') - before) / crowd
    })
    await settle()
    await tell({ do: 'say', post: side.change, times: 3 }) // warm
    const fanOut = (await tell({ do: 'say', post: side.change, times })) as number[]
    return { bytesEach, fanOut }
  })
  const steady = await withScreens(async tell => {
    await tell({ do: 'open', url: side.url, headers: side.headers, count: few })
    await tell({ do: 'keep saying', post: side.message, perSecond: 100, seconds: 3 }) // warm
    return (await tell({ do: 'keep saying', post: side.message, perSecond: 100, seconds: 15 })) as number[]
  })
  return { ...crowded, steady }
}

/** Collections of garbage come when they come; after some seconds most have. */
const settle = () => new Promise(r => setTimeout(r, 8000))

async function withScreens<T>(work: (tell: (order: Order) => Promise<unknown>) => Promise<T>): Promise<T> {
  const child = fork(path.join(import.meta.dirname, 'screens.ts'))
  try {
    return await work(order => told(child, order))
  } finally {
    await end(child, 'SIGKILL')
  }
}

function told(child: ChildProcess, order: Order): Promise<unknown> {
  return new Promise((done, failed) => {
    child.once('message', (answer: { result?: unknown; error?: string }) =>
      answer.error ? failed(new Error(answer.error)) : done(answer.result),
    )
    child.send(order)
  })
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const seen = await look()
    if (seen !== undefined) return seen
    await new Promise(r => setTimeout(r, 50))
  }
}

function figures(ours: Measured, bare: Measured): Figure[] {
  const kb = (bytes: number) => Math.round(bytes / 102.4) / 10
  const name = 'bare ws server'
  return [
    {
      name: `Live: memory of an idle screen, ${crowd.toLocaleString('en')} open`,
      value: kb(ours.bytesEach),
      unit: 'KB',
      control: { name, value: kb(bare.bytesEach) },
      target: '<= 15 KB',
      note: 'What the resident memory grew by when as many again were opened beside 5,000, 8 s after the last had connected, divided by their number. (The first 5,000 partly lie where the start left room.)',
    },
    {
      name: `Live: from the API call to the last of ${crowd.toLocaleString('en')} screens, median`,
      value: median(ours.fanOut),
      unit: 'ms',
      control: { name: `${name}, no database`, value: median(bare.fanOut) },
      target: '<= 120 ms',
      note: `A note is written (one transaction) and told to all; ${times} times, slowest ${quantile(ours.fanOut, 1)} ms (control ${quantile(bare.fanOut, 1)}); the screens are in one process on the same cores and count.`,
    },
    ...[
      { q: 0.5, limit: 40 },
      { q: 0.99, limit: 200 },
    ].map(({ q, limit }) => ({
      name: `Live: from a webhook to ${few} screens at 100 messages/s, p${q * 100}`,
      value: quantile(ours.steady, q),
      unit: 'ms',
      control: { name: `${name}, no database`, value: quantile(bare.steady, q) },
      target: `< ${limit} ms`,
      note: `${ours.steady.length.toLocaleString('en')} arrivals in 15 s, from sending the webhook to having the message on a screen.`,
    })),
  ]
}

if (import.meta.main) console.table(await live())
