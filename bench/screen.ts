import net from 'node:net'
import zlib from 'node:zlib'

/** One frame as it came from the wire. */
export interface Frame {
  /** Its first characters, without unpacking the rest. */
  start(): string
  text(): string
}

/** An open screen that takes frames from the wire as a browser does, compressed, and unpacks only what is asked for. */
export function openScreen(port: number, key: string, hear: (frame: Frame) => void): Promise<net.Socket> {
  return new Promise((done, failed) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.on('error', failed)
    socket.on('connect', () => {
      socket.write(
        [
          'GET /api/v1/live HTTP/1.1',
          'host: x',
          'connection: Upgrade',
          'upgrade: websocket',
          'sec-websocket-version: 13',
          'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
          'sec-websocket-extensions: permessage-deflate; client_max_window_bits',
          `authorization: Bearer ${key}`,
          '\r\n',
        ].join('\r\n'),
      )
    })
    let open = false
    let rest: Buffer = Buffer.alloc(0)
    socket.on('data', data => {
      rest = rest.length ? Buffer.concat([rest, data]) : data
      if (!open) {
        const end = rest.indexOf('\r\n\r\n')
        if (end < 0) return
        const head = rest.subarray(0, end).toString()
        if (!head.startsWith('HTTP/1.1 101') || !/permessage-deflate/.test(head)) return failed(new Error(head))
        open = true
        rest = rest.subarray(end + 4)
        done(socket)
      }
      for (let frame = first(rest); frame; frame = first(rest)) {
        rest = rest.subarray(frame.end)
        if (frame.kind === text) hear(frame)
        if (frame.kind === ping) socket.write(pong)
      }
    })
  })
}

const text = 1
const ping = 9
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])
const sync = { finishFlush: zlib.constants.Z_SYNC_FLUSH }

function first(bytes: Buffer): (Frame & { end: number; kind: number }) | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes[1]! & 0x7f
  const from = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < from) return undefined
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  const end = from + length
  if (bytes.length < end) return undefined
  const payload = bytes.subarray(from, end)
  const packed = (bytes[0]! & 0x40) !== 0
  const read = (some: Buffer) => (packed ? zlib.inflateRawSync(some, sync) : some).toString()
  return {
    end,
    kind: bytes[0]! & 0x0f,
    start: () => read(payload.subarray(0, 200)).slice(0, 30),
    text: () => read(payload),
  }
}
