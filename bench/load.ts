import { createHmac } from 'node:crypto'
import net from 'node:net'

/**
 * The sender of the accept benchmarks, run in a process of its own: so many connections, each with one signed 1 KB
 * WhatsApp webhook on its way at a time, or at a given rate. Plain sockets: a client library would cost more than the server.
 * Arguments: JSON {port, path, secret, connections, seconds, perSecond?, people, key}. Prints one line of JSON.
 */
interface Orders {
  port: number
  path: string
  secret: string
  connections: number
  seconds: number
  /** Absent: as fast as it is answered. */
  perSecond?: number
  /** Messages come from so many customers in turn. */
  people: number
  /** This request again and again, instead of WhatsApp messages. The body in base64. */
  fixed?: { method: string; headers: Record<string, string>; body: string }
  /** Makes message ids of this run unlike those of any other. */
  key: string
}

const orders = JSON.parse(process.argv[2]!) as Orders
let sent = 0
const took: number[] = []
let refused = 0

const fixed = orders.fixed && repeated(orders.fixed)

function repeated({ method, headers, body }: NonNullable<Orders['fixed']>): Buffer {
  const bytes = Buffer.from(body, 'base64')
  const lines = Object.entries(headers).filter(([name]) => name !== 'content-length' && name !== 'host')
  const head = [
    `${method} ${orders.path} HTTP/1.1`,
    'host: x',
    ...lines.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${bytes.length}`,
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes])
}

function webhook(): string | Buffer {
  if (fixed) return fixed
  const n = sent++
  const person = String(15_550_000_000 + (n % orders.people))
  const text = `Is the order ${n} ready? We would like to come by in the afternoon, about four, if that suits you.`
  const userId = `US.${String(13_491_208_655_302_741_918n + BigInt(n % orders.people))}`
  // The shape and the lengths of Meta's own: long message ids, business-scoped user ids.
  const wamid = (key: string) =>
    `wamid.${Buffer.from(`${person}:${orders.key}:${key}:`.padEnd(42, '0')).toString('base64')}`
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '102290129340398',
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '15550783881', phone_number_id: '106540352242922' },
              contacts: [
                {
                  profile: { name: `Customer ${n % orders.people}`, username: `customer.${n % orders.people}` },
                  wa_id: person,
                  user_id: userId,
                  country_code: 'US',
                  identity_key_hash: 'DF2lS5v2W6x=',
                },
              ],
              messages: [
                {
                  // One in ten answers a certain message: the customer's own last one.
                  ...(n % 10 === 0 &&
                    n >= orders.people && { context: { from: person, id: wamid(String(n - orders.people)) } }),
                  from: person,
                  from_user_id: userId,
                  id: wamid(String(n)),
                  timestamp: String(Math.floor(Date.now() / 1000)),
                  type: 'text',
                  text: { body: text },
                },
              ],
            },
          },
        ],
      },
    ],
  })
  const signature = createHmac('sha256', orders.secret).update(body).digest('hex')
  return `POST ${orders.path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-hub-signature-256: sha256=${signature}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** One connection, one request at a time. */
function connection(until: number, next: () => Promise<void>): Promise<void> {
  return new Promise((done, failed) => {
    const socket = net.connect(orders.port, '127.0.0.1')
    let began = 0
    const go = () =>
      void next().then(() => {
        if (performance.now() >= until) {
          socket.end()
          return done()
        }
        began = performance.now()
        socket.write(webhook())
      })
    socket.setNoDelay(true)
    socket.on('connect', go)
    socket.on('error', failed)
    socket.on('data', data => {
      took.push(performance.now() - began)
      if (!data.subarray(0, 12).toString('latin1').endsWith(' 200')) refused++
      go()
    })
  })
}

const start = performance.now()
const until = start + orders.seconds * 1000
let place = 0
/** With a rate, each request has its moment, and goes at once when that is past: a timer would take a millisecond more. */
function next(): Promise<void> {
  if (!orders.perSecond) return Promise.resolve()
  const early = start + (place++ * 1000) / orders.perSecond - performance.now()
  return early > 0 ? new Promise(r => setTimeout(r, early)) : Promise.resolve()
}
await Promise.all(Array.from({ length: orders.connections }, () => connection(until, next)))
const seconds = (performance.now() - start) / 1000
took.sort((a, b) => a - b)
const at = (q: number) => Math.round((took[Math.floor(took.length * q)] ?? 0) * 100) / 100
console.log(
  JSON.stringify({
    answered: took.length,
    refused,
    perSecond: Math.round(took.length / seconds),
    p50: at(0.5),
    p99: at(0.99),
  }),
)
