import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { LiveFrame } from '../live/hub.ts'

/** A screen that reads this slowly is gone, or will be quicker by starting again from its last number. */
const maxBehind = 8_000_000
/** So many sockets are written to before anything else gets its turn; thousands at once would hold up everybody. */
const slice = 500

/** One open screen. `ws` has no compression, so what goes into its socket directly stays in order with what `ws` sends. */
export interface Screen {
  ws: WebSocket
  socket: Duplex
}

/** Tells many screens the same: a frame is put on the wire once, and written in slices, to each screen in order. */
export function createFanOut(): (screen: Screen, frame: LiveFrame) => void {
  const wires = new WeakMap<LiveFrame, Buffer>()
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
    const wire = wires.get(frame) ?? textFrame(frame.text)
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

/** A whole text message, unmasked, as a server sends it (RFC 6455, section 5.2). */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const wire = Buffer.allocUnsafe(start + length)
  wire[0] = 0x81 // the last part of a message, text
  if (start === 2) wire[1] = length
  else if (start === 4) {
    wire[1] = 126
    wire.writeUInt16BE(length, 2)
  } else {
    wire[1] = 127
    wire.writeBigUInt64BE(BigInt(length), 2)
  }
  wire.write(text, start)
  return wire
}
