import assert from 'node:assert/strict'
import fs from 'node:fs'
import net from 'node:net'
import { after, test } from 'node:test'
import { WebSocket } from 'ws'
import type { Change, Conversation, Message } from '../../src/api/shapes.ts'
import { startParley } from '../harness/server.ts'
import { until } from '../harness/until.ts'

const server = await startParley({ database: 'own' })
after(() => server.stop())
const secret = 'a-secret-of-sixteen'
const people = 20

const { id: channel } = await server.api<{ id: string }>('POST', '/channels', {
  kind: 'telegram',
  name: 'Flooded',
  settings: { token: '1:token', webhookSecret: secret, baseUrl: 'http://127.0.0.1:1' },
})

let said = 0
let flooding = true

function request(n: number): string {
  const from = { id: 100 + (n % people), is_bot: false, first_name: `Person ${n % people}` }
  const chat = { id: from.id, type: 'private', first_name: from.first_name }
  const message = { message_id: n, from, chat, date: Math.floor(Date.now() / 1000), text: `${n}` }
  const body = JSON.stringify({ update_id: n, message })
  return `POST /hooks/${channel} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-telegram-bot-api-secret-token: ${secret}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

/** One connection, one message at a time. A plain socket: a client library would be slower than the server. */
function sender(): Promise<void> {
  return new Promise((done, failed) => {
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write(request(++said)))
    socket.on('error', failed)
    socket.on('data', answer => {
      if (!answer.toString('latin1').startsWith('HTTP/1.1 200')) failed(new Error(answer.toString()))
      if (flooding) return void socket.write(request(++said))
      socket.end()
      done()
    })
  })
}

const metric = async (name: string): Promise<number> =>
  Number(new RegExp(`^parley_${name} (.+)$`, 'm').exec(await (await fetch(`${server.url}/metrics`)).text())?.[1])

/** A screen that notes the numbers of its frames and the messages it is told. */
function openScreen() {
  const seqs: number[] = []
  const told = new Set<string>()
  const ws = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/live`, {
    headers: { authorization: `Bearer ${server.key}` },
  })
  ws.on('message', data => {
    const frame = JSON.parse(data.toString()) as { seq: number; changes: Change[] }
    seqs.push(frame.seq)
    for (const change of frame.changes)
      if (change.type === 'message') told.add((change.message.parts[0] as { text: string }).text)
  })
  return { seqs, told, close: () => ws.close() }
}

async function textsOf(conversation: string): Promise<string[]> {
  const texts: string[] = []
  for (let before = ''; ; ) {
    const page = await server.api<{ items: Message[]; next: string | null }>(
      'GET',
      `/conversations/${conversation}/messages?limit=100${before && `&before=${before}`}`,
    )
    texts.unshift(...page.items.map(m => (m.parts[0] as { text: string }).text).reverse())
    if (!page.next) return texts
    before = page.next
  }
}

/** Of /proc/…/stat: the parent and the priority (`nice`). */
function placeOf(file: string): { parent: number; nice: number } | undefined {
  try {
    const stat = fs.readFileSync(file, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(fields[1]), nice: Number(fields[16]) }
  } catch {
    return undefined // it ended meanwhile
  }
}

const nicesOfThreads = (): number[] =>
  fs
    .readdirSync(`/proc/${server.pid()}/task`)
    .flatMap(id => placeOf(`/proc/${server.pid()}/task/${id}/stat`)?.nice ?? [])

const nicesOfDatabase = (): number[] =>
  fs.readdirSync('/proc').flatMap(pid => {
    const place = /^\d+$/.test(pid) && placeOf(`/proc/${pid}/stat`)
    return place && place.parent === server.postgres() ? place.nice : []
  })

test('a flood moves ingestion into a thread of its own, and every message is there once, in order, and told', async () => {
  const screen = openScreen()
  await until('the screen is open', () => screen.seqs.length > 0)
  const senders = Array.from({ length: 100 }, sender)
  await until(
    'messages are received in a thread of their own',
    async () => (await metric('ingest_apart')) === 1,
    90_000,
  )
  if (process.platform === 'linux') {
    await until('its connections to the database go last', () => nicesOfDatabase().includes(10))
    assert.ok(nicesOfDatabase().includes(0), 'those of the door do not')
    assert.ok(nicesOfThreads().includes(10), 'the thread goes last')
    assert.ok(nicesOfThreads().includes(0), 'the door does not')
  }
  const atMove = said
  await until('some more come', () => said > atMove + 1000)
  flooding = false
  await Promise.all(senders)
  await until('all are received', async () => (await metric('deliveries_new')) === 0)
  const { items } = await server.api<{ items: Conversation[] }>('GET', '/conversations?view=all&limit=100')
  const theirs = items.filter(c => c.channelId === channel)
  assert.equal(theirs.length, people)
  const numbers = Array.from({ length: said }, (_, i) => i + 1)
  for (const { id, address } of theirs) {
    const expected = numbers.filter(n => 100 + (n % people) === Number(address)).map(String)
    assert.deepEqual(await textsOf(id), expected, `the thread of ${address}`)
  }
  await until('the screen was told of all', () => screen.told.size === said)
  assert.deepEqual(
    screen.seqs,
    screen.seqs.map((_, i) => screen.seqs[0]! + i),
    'no frame is missing',
  )
  screen.close()
})
