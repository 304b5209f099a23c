import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { createFanOut, deflatedFrame, type Screen, sharedDeflate, textFrame } from './fan-out.ts'

/** `count` screens of a server, every second one with compression, with what each of them heard. */
async function openScreens(t: TestContext, count: number) {
  const server = createServer()
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: sharedDeflate })
  const screens: Screen[] = []
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    sockets.handleUpgrade(request, socket, head, ws => screens.push({ ws, socket }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clients = Array.from({ length: count }, (_, i) => new WebSocket(url, { perMessageDeflate: i % 2 === 1 }))
  const heard = clients.map(() => [] as string[])
  clients.forEach((client, i) => {
    client.on('message', data => heard[i]!.push(String(data)))
  })
  await Promise.all(clients.map(client => once(client, 'open')))
  t.after(() => {
    for (const client of clients) client.terminate()
    server.close()
  })
  return { screens, clients, heard }
}

const frame = (text: string) => ({ seq: 0, changes: [], text })

test('every screen hears everything in order, whether short, long or very long, and also what is sent beside it', async t => {
  const { screens, clients, heard } = await openScreens(t, 3)
  const said = ['short', 'ö'.repeat(300), 'x'.repeat(70_000), '']
  const tell = createFanOut()
  for (const screen of screens) screen.ws.send('first')
  for (const text of said) for (const screen of screens) tell(screen, frame(text))
  const last = clients.map(client => once(client, 'close'))
  await Promise.all(clients.map((client, i) => untilHeard(client, heard[i]!, said.length + 1)))
  for (const screen of screens) screen.ws.close()
  await Promise.all(last)
  assert.deepEqual(heard, [
    ['first', ...said],
    ['first', ...said],
    ['first', ...said],
  ])
})

test('of more screens than one slice none is forgotten, and one that left does not disturb the others', async t => {
  const { screens, clients, heard } = await openScreens(t, 4)
  const tell = createFanOut()
  const oneLeft = Promise.race(clients.map(client => once(client, 'close')))
  screens[0]!.ws.terminate()
  await oneLeft
  const many = Array.from({ length: 400 }, (_, n) => String(n))
  const one = many.map(frame)
  for (const said of one) for (const screen of screens) tell(screen, said)
  const stayed = clients.flatMap((client, i) =>
    client.readyState === client.OPEN ? [{ client, list: heard[i]! }] : [],
  )
  await Promise.all(stayed.map(({ client, list }) => untilHeard(client, list, many.length)))
  assert.deepEqual(
    heard.filter(list => list.length),
    [many, many, many],
  )
})

test('compressed, a busy frame is a fraction as long', () => {
  const text = JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id, text: `What the customer ${id} wrote` })))
  assert.ok(deflatedFrame(text).length < textFrame(text).length / 5)
})

async function untilHeard(client: WebSocket, list: readonly string[], count: number): Promise<void> {
  while (list.length < count) await once(client, 'message')
}
