import { createHmac, timingSafeEqual } from 'node:crypto'
import http from 'node:http'
import pg from 'pg'

/**
 * What everything is measured against: the plainest server that loses nothing. node:http, one signature check, one
 * unique insert, all requests that wait commit together, then 200. Arguments: JSON {target, port, secret}.
 */
const { target, port, secret } = JSON.parse(process.argv[2]!) as { target: pg.PoolConfig; port: number; secret: string }
const pool = new pg.Pool({ ...target, max: 1 })
await pool.query(
  'drop table if exists control; create table control (id bigint generated always as identity primary key, key text not null unique, body text not null, at timestamptz not null default now())',
)

interface Waiting {
  key: string
  body: string
  done: (error?: Error) => void
}
const waiting: Waiting[] = []
let writing = false

async function write(): Promise<void> {
  writing = true
  while (waiting.length) {
    const batch = waiting.splice(0)
    const error = await pool
      .query({
        name: 'insert',
        text: 'insert into control (key, body) select * from unnest($1::text[], $2::text[]) on conflict do nothing',
        values: [batch.map(w => w.key), batch.map(w => w.body)],
      })
      .then(
        () => undefined,
        e => e as Error,
      )
    for (const w of batch) w.done(error)
  }
  writing = false
}

http
  .createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', c => chunks.push(c))
    request.on('end', () => {
      const raw = Buffer.concat(chunks)
      const given = Buffer.from(String(request.headers['x-hub-signature-256']).slice(7), 'hex')
      const mac = createHmac('sha256', secret).update(raw).digest()
      if (given.length !== mac.length || !timingSafeEqual(given, mac)) return response.writeHead(401).end()
      const body = raw.toString()
      const key = JSON.parse(body).entry[0].changes[0].value.messages[0].id as string
      waiting.push({ key, body, done: error => response.writeHead(error ? 500 : 200, { 'content-length': '0' }).end() })
      if (!writing) {
        writing = true
        setImmediate(() => void write())
      }
    })
  })
  .listen(port, '127.0.0.1', 4096, () => console.log('ready'))
