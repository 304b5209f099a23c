import type { Duplex } from 'node:stream'
import zlib from 'node:zlib'
import type { WebSocket } from 'ws'
import type { LiveFrame } from '../live/hub.ts'

/** A screen that reads this slowly is gone, or will be quicker by starting again from its last number. */
const maxBehind = 8_000_000
/** So many sockets are written to before anything else gets its turn; thousands at once would hold up everybody. */
const slice = 500

/** One open screen. `ws` itself compresses nothing, so what goes into its socket directly stays in order with what it sends. */
export interface Screen {
  ws: WebSocket
  socket: Duplex
}

/**
 * So that one compressed frame serves all screens, and none costs memory here: no context is kept from frame to frame
 * (RFC 7692, section 7.1.1). `ws` itself sends uncompressed: two writers could not agree.
 */
export const sharedDeflate = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  threshold: Number.MAX_SAFE_INTEGER,
}
/** Bytes; a shorter frame does not become shorter still. */
const worthDeflating = 300

/** Tells many screens the same: a frame is put on the wire once, and written in slices, to each screen in order. */
export function createFanOut(): (screen: Screen, frame: LiveFrame) => void {
  const plain = new WeakMap<LiveFrame, Buffer>()
  const deflated = new WeakMap<LiveFrame, Buffer>()
  let waiting: { screen: Screen; wire: Buffer }[] = []
  let asked = false

  function write(): void {
    asked = false
    const now = waiting
    waiting = now.length > slice ? now.splice(slice) : []
    for (const { screen, wire } of now) put(screen, wire)
    if (waiting.length) ask()
  }

  function ask(): void {
    if (asked) return
    asked = true
    setImmediate(write)
  }

  return (screen, frame) => {
    const shorter = frame.text.length >= worthDeflating && /permessage-deflate/.test(screen.ws.extensions)
    const wires = shorter ? deflated : plain
    const wire = wires.get(frame) ?? (shorter ? deflatedFrame(frame.text) : textFrame(frame.text))
    wires.set(frame, wire)
    waiting.push({ screen, wire })
    ask()
  }
}

function put({ ws, socket }: Screen, wire: Buffer): void {
  if (ws.readyState !== ws.OPEN) return
  if (ws.bufferedAmount > maxBehind) ws.terminate()
  else socket.write(wire)
}

const wholeText = 0x81
const compressed = 0x40

/** A whole text message, unmasked, as a server sends it (RFC 6455, section 5.2). */
export const textFrame = (text: string): Buffer => wire(wholeText, Buffer.from(text))

/** The same, compressed (RFC 7692, section 7.2.1): what a sync flush puts at the end is left out. */
export function deflatedFrame(text: string): Buffer {
  const packed = zlib.deflateRawSync(text, { level: 1, finishFlush: zlib.constants.Z_SYNC_FLUSH })
  return wire(wholeText | compressed, packed.subarray(0, -4))
}

function wire(kind: number, payload: Buffer): Buffer {
  const { length } = payload
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const bytes = Buffer.allocUnsafe(start + length)
  bytes[0] = kind
  if (start === 2) bytes[1] = length
  else if (start === 4) {
    bytes[1] = 126
    bytes.writeUInt16BE(length, 2)
  } else {
    bytes[1] = 127
    bytes.writeBigUInt64BE(BigInt(length), 2)
  }
  payload.copy(bytes, start)
  return bytes
}
