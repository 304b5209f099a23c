import net from 'node:net'
import zlib from 'node:zlib'

/** One frame as it came from the wire. */
export interface Frame {
  /** Its first characters, without unpacking the rest. */
  start(): string
  /** All of it, where all was kept. */
  bytes(): Buffer
}

/** What is kept of each frame: reading JSON on many screens at once is the browsers' work, not this machine's. */
type Keeping = 'whole' | 'start'

/** Of a frame's start. */
const startBytes = 200
/** All screens take from the wire through this one: nothing read from it is kept. */
const wire = Buffer.allocUnsafe(1 << 18)

/** An open screen that takes frames from the wire as a browser does, compressed, and unpacks only what is asked for. */
export function openScreen(
  port: number,
  key: string,
  { kept, hear }: { kept: Keeping; hear: (frame: Frame) => void },
): Promise<net.Socket> {
  return new Promise((done, failed) => {
    let take = (bytes: Buffer): void => {
      head = Buffer.concat([head, bytes])
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      const text = head.subarray(0, end).toString()
      if (!text.startsWith('HTTP/1.1 101') || !/permessage-deflate/.test(text)) return failed(new Error(text))
      take = frames(kept, frame => {
        if (frame.kind === textKind) hear(frame)
        if (frame.kind === pingKind) socket.write(pong)
      })
      done(socket)
      take(head.subarray(end + 4))
    }
    let head: Buffer = Buffer.alloc(0)
    const socket = net.connect({
      port,
      host: '127.0.0.1',
      onread: {
        buffer: wire,
        callback(length) {
          take(wire.subarray(0, length))
          return true
        },
      },
    })
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
  })
}

const textKind = 1
const pingKind = 9
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])
const sync = { finishFlush: zlib.constants.Z_SYNC_FLUSH }
const longestHead = 10

interface Head {
  kind: number
  packed: boolean
  /** Where the payload begins, and how long it is. */
  from: number
  length: number
}

/** Cuts the stream into frames; what is not kept of a frame is let go as it comes. */
function frames(kept: Keeping, hear: (frame: Frame & { kind: number }) => void): (bytes: Buffer) => void {
  let begun: Buffer = Buffer.alloc(0) // of a frame's head, until it is whole
  let now: (Head & { parts: Buffer[]; held: number; left: number }) | undefined
  return bytes => {
    let rest = bytes
    while (rest.length) {
      if (!now) {
        const before = begun.length
        begun = Buffer.concat([begun, rest.subarray(0, longestHead)])
        const head = headOf(begun)
        if (!head) return
        rest = rest.subarray(head.from - before)
        begun = Buffer.alloc(0)
        now = { ...head, parts: [], held: 0, left: head.length }
      }
      const part = rest.subarray(0, now.left)
      const keep = kept === 'whole' ? part : part.subarray(0, Math.max(0, startBytes - now.held))
      if (keep.length) now.parts.push(Buffer.from(keep))
      now.held += keep.length
      now.left -= part.length
      rest = rest.subarray(part.length)
      if (now.left) return
      hear(frameOf(now))
      now = undefined
    }
  }
}

function headOf(bytes: Buffer): Head | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes[1]! & 0x7f
  const from = short < 126 ? 2 : short === 126 ? 4 : longestHead
  if (bytes.length < from) return undefined
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  return { kind: bytes[0]! & 0x0f, packed: (bytes[0]! & 0x40) !== 0, from, length }
}

function frameOf({ kind, packed, parts }: Head & { parts: Buffer[] }): Frame & { kind: number } {
  const payload = Buffer.concat(parts)
  const read = (some: Buffer) => (packed ? zlib.inflateRawSync(some, sync) : some)
  return {
    kind,
    start: () => read(payload.subarray(0, startBytes)).toString('latin1', 0, 30),
    bytes: () => read(payload),
  }
}
