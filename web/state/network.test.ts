import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Frame } from '../../src/api/shapes.ts'
import { connectLive, type Line, pause, type Socket } from './live.ts'
import { type Letter, openOutbox, type Posted } from './outbox.ts'

/** A clock that moves by hand: whoever asked to be called later waits in `due`. */
function clock() {
  const due: { ms: number; work: () => void }[] = []
  const after = (ms: number, work: () => void) => {
    const entry = { ms, work }
    due.push(entry)
    return () => void (due.includes(entry) && due.splice(due.indexOf(entry), 1))
  }
  return { due, after, tick: () => due.shift()?.work() }
}

function line(since = -1) {
  const opened: { url: string; socket: Socket; sent: string[] }[] = []
  const time = clock()
  const seen: Frame[][] = []
  const states: Line[] = []
  const draws: (() => void)[] = []
  const live = connectLive({
    open: url => {
      const sent: string[] = []
      const socket: Socket = { onopen: null, onclose: null, onmessage: null, send: t => sent.push(t), close: () => {} }
      opened.push({ url, socket, sent })
      return socket
    },
    since: () => seen.flat().at(-1)?.seq ?? since,
    frames: batch => seen.push(batch),
    line: state => states.push(state),
    nextFrame: work => draws.push(work),
    after: time.after,
    chance: () => 1,
  })
  const say = (frame: Frame) => opened.at(-1)!.socket.onmessage?.({ data: JSON.stringify(frame) })
  return { live, opened, time, seen, states, draws, say }
}

describe('the live line', () => {
  test('frames that arrive between two drawings are applied together', () => {
    const { say, draws, seen } = line()
    for (const seq of [1, 2, 3]) say({ seq, changes: [] })
    assert.equal(draws.length, 1)
    draws[0]!()
    assert.deepEqual(
      seen.map(batch => batch.map(f => f.seq)),
      [[1, 2, 3]],
    )
  })

  test('after a drop it asks for what follows the last frame, even one not drawn yet', () => {
    const { say, opened, time, states } = line()
    assert.equal(opened[0]!.url, '/api/v1/live')
    opened[0]!.socket.onopen?.()
    say({ seq: 12, changes: [] })
    opened[0]!.socket.onclose?.()
    time.tick()
    assert.equal(opened[1]!.url, '/api/v1/live?since=12')
    assert.deepEqual(states, ['live', 'cut'])
  })

  test('pauses grow to fifteen seconds and waking cuts them short', () => {
    assert.deepEqual(
      [0, 1, 2, 9].map(n => pause(n, 1)),
      [500, 1000, 2000, 15000],
    )
    const { live, opened, time } = line()
    opened[0]!.socket.onclose?.()
    live.wake()
    assert.equal(opened.length, 2)
    assert.equal(time.due.length, 0)
  })

  test('a stopped line does not come back', () => {
    const { live, opened, time } = line()
    live.stop()
    opened[0]!.socket.onclose?.()
    assert.equal(time.due.length, 0)
  })
})

const letter = (clientId: string, conversationId = '7'): Letter => ({
  clientId,
  conversationId,
  kind: 'message',
  parts: [{ type: 'text', text: clientId }],
  at: '2026-11-14T12:00:00.000Z',
})

function outbox(answers: Posted[], kept: { text: string | null } = { text: null }) {
  const posted: string[] = []
  const changed: Letter[] = []
  const done: string[] = []
  const time = clock()
  const box = openOutbox({
    post: async l => {
      posted.push(l.clientId)
      return answers.shift() ?? { ok: true }
    },
    store: {
      read: () => kept.text,
      write: text => {
        kept.text = text
      },
    },
    after: time.after,
    changed: l => changed.push(l),
    done: l => done.push(l.clientId),
  })
  return { box, posted, changed, done, time, kept }
}

const settled = () => new Promise<void>(resolve => setImmediate(resolve))
const down: Posted = { ok: false, later: true }

describe('the outbox', () => {
  test('a click is one message although it is pressed twice', async () => {
    const { box, posted } = outbox([])
    box.send(letter('a'))
    box.send(letter('a'))
    await settled()
    assert.deepEqual(posted, ['a'])
  })

  test('without a network it tries again with the same id and keeps the order', async () => {
    const { box, posted, done, time } = outbox([down, down])
    box.send(letter('a'))
    box.send(letter('b'))
    await settled()
    time.tick()
    await settled()
    assert.deepEqual(
      time.due.map(d => d.ms),
      [2000],
    )
    time.tick()
    await settled()
    assert.deepEqual(posted, ['a', 'a', 'a', 'b'])
    assert.deepEqual(done, ['a', 'b'])
  })

  test('a reload loses nothing', async () => {
    const first = outbox([down])
    first.box.send(letter('a'))
    await settled()
    const second = outbox([], first.kept)
    second.box.wake()
    await settled()
    assert.deepEqual(second.done, ['a'])
    assert.equal(second.kept.text, '[]')
  })

  test('a refusal shows its reason, lets the next ones pass and waits for the agent', async () => {
    const { box, posted, changed } = outbox([{ ok: false, later: false, reason: 'too large' }])
    box.send(letter('a'))
    box.send(letter('b'))
    await settled()
    assert.equal(changed.at(-1)?.refused, 'too large')
    assert.deepEqual(posted, ['a', 'b'])
    box.again('a')
    await settled()
    assert.deepEqual(posted, ['a', 'b', 'a'])
    assert.deepEqual(box.letters(), [])
  })

  test('letters of different conversations do not wait for each other', async () => {
    const { box, done } = outbox([down])
    box.send(letter('a', '7'))
    box.send(letter('b', '8'))
    await settled()
    assert.deepEqual(done, ['b'])
  })
})
