import http from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'

/** What the live figures are measured against: the plainest server that sends the body of every POST to all sockets. */
const sockets = new Set<WebSocket>()
const server = http.createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () => {
    const text = Buffer.concat(chunks).toString()
    if (text) for (const socket of sockets) socket.send(text)
    response.writeHead(200).end()
  })
})
new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false }).on('connection', socket => {
  sockets.add(socket)
  socket.on('close', () => sockets.delete(socket))
})
server.listen(Number(process.argv[2]), '127.0.0.1', 4096, () => console.log('ready'))
