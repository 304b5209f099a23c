import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** One webhook as it came in. */
export interface Received {
  headers: http.IncomingHttpHeaders
  body: string
}

/** A business that writes down every webhook and answers `status` and what it `says`; for tests and experiments. */
export async function createReceiver() {
  const received: Received[] = []
  const waiting: { count: number; done: () => void }[] = []
  const receiver = { received, status: 200, says: '', url: '', arrived, close }
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
    response.writeHead(receiver.status).end(receiver.says)
    for (const one of waiting.filter(({ count }) => received.length >= count)) one.done()
  })
  /** Resolves when so many webhooks have come since the beginning. */
  function arrived(count: number): Promise<void> {
    if (received.length >= count) return Promise.resolve()
    return new Promise(done => waiting.push({ count, done }))
  }
  function close(): Promise<void> {
    server.closeAllConnections()
    return new Promise(done => server.close(() => done()))
  }
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  return receiver
}
