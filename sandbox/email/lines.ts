import { createServer, type Server, type Socket } from 'node:net'

/** A connection that speaks in lines, with counted bytes between them where a line announces some. */
export interface Talk {
  socket: Socket
  /** The next line without its end; undefined when the other side has gone. */
  line(): Promise<string | undefined>
  bytes(count: number): Promise<Buffer | undefined>
  say(text: string | Buffer): void
  /** Cuts the line. */
  cut(): void
}

/** Listens on a free port of 127.0.0.1. */
export async function listenOn(talk: (talk: Talk) => Promise<void>) {
  const sockets = new Set<Socket>()
  const server: Server = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    // Answers are written in several pieces: each would wait for the other side's ACK, 40 ms.
    socket.setNoDelay()
    void talk(talkOver(socket))
      .catch(() => {})
      .finally(() => socket.end())
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return {
    port: (server.address() as { port: number }).port,
    hangUp() {
      for (const socket of sockets) socket.destroy()
    },
    close: () =>
      new Promise<void>(done => {
        for (const socket of sockets) socket.destroy()
        server.close(() => done())
      }),
  }
}

function talkOver(socket: Socket): Talk {
  let buffer = Buffer.alloc(0)
  let ended = false
  let wake = () => {}
  socket.on('data', chunk => {
    buffer = Buffer.concat([buffer, chunk])
    wake()
  })
  socket.on('close', () => {
    ended = true
    wake()
  })
  const more = () =>
    new Promise<void>(done => {
      wake = done
      if (ended) done()
    })
  const take = (count: number, skip = 0) => {
    const taken = buffer.subarray(0, count)
    buffer = buffer.subarray(count + skip)
    return taken
  }
  return {
    socket,
    async line() {
      for (;;) {
        const end = buffer.indexOf('\n')
        if (end >= 0) return take(end, 1).toString('latin1').replace(/\r$/, '')
        if (ended) return undefined
        await more()
      }
    },
    async bytes(count) {
      while (buffer.length < count) {
        if (ended) return undefined
        await more()
      }
      return Buffer.from(take(count))
    },
    say: text => void (socket.writable && socket.write(text)),
    cut: () => void socket.destroy(),
  }
}
