import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Change } from '../../src/api/shapes.ts'
import { createDesk, type Desk } from '../harness/desk.ts'
import { folk, openTown } from '../harness/town.ts'
import { until } from '../harness/until.ts'
import { textOf } from '../harness/words.ts'

const town = await openTown()

const open = async (): Promise<Desk> => {
  const desk = createDesk(town.server.url, town.server.key, town.api)
  await desk.open()
  return desk
}

/** The words of customers that came over this line, in the order of coming. */
const heard = (desk: Desk): string[] =>
  desk.frames
    .flatMap(frame => frame.changes as Change[])
    .flatMap(change => (change.type === 'message' && change.message.direction === 'in' ? [textOf(change.message)] : []))

const numbers = (desk: Desk): number[] => desk.frames.map(frame => frame.seq)

test('a screen that was away hears exactly what it missed', async () => {
  const desk = await open()
  town.act('telegram', { do: 'text', text: 'before' })
  await until('it comes', () => heard(desk).length === 1)
  const since = numbers(desk).at(-1)!
  desk.close()
  for (let n = 0; n < 20; n++) town.act('telegram', { do: 'text', text: `meanwhile ${n}` })
  await town.message(await town.conversation('telegram'), 'all are stored', m => textOf(m) === 'meanwhile 19')
  const back = createDesk(town.server.url, town.server.key, town.api)
  await back.openAt(since)
  await until('everything is there', () => heard(back).length === 20)
  assert.deepEqual(heard(back).sort(), Array.from({ length: 20 }, (_, n) => `meanwhile ${n}`).sort())
  back.close()
})

test('a line that breaks while messages flow loses nothing and tells nothing twice', async () => {
  const desk = await open()
  const steady = await open()
  const said = Array.from({ length: 60 }, (_, n) => `line ${n}`)
  for (const [n, text] of said.entries()) {
    town.act('whatsapp', { do: 'text', text })
    if (n % 7 === 3) desk.cut()
    await steady.sees(town.world('whatsapp').bubbles.at(-1)!.id)
  }
  await until('the broken line has caught up', () => heard(desk).length === said.length)
  assert.deepEqual(heard(desk).sort(), [...said].sort())
  const seqs = numbers(steady)
  assert.deepEqual(
    seqs,
    [...new Set(seqs)].sort((a, b) => a - b),
    'numbers only rise, each once',
  )
  const last = numbers(desk).at(-1)
  await until('both stand at the same change', () => numbers(steady).at(-1) === last)
  desk.close()
  steady.close()
})

test(`an agent sees at once that ${folk.viber.name} has read the answer`, async () => {
  const desk = await open()
  town.act('viber', { do: 'text', text: 'Open today?' })
  const conversation = await town.conversation('viber')
  const { id } = await town.answer(conversation, 'Until six')
  await town.bubble('viber', 'the answer', b => textOf(b) === 'Until six')
  town.act('viber', { do: 'look' })
  const states = () =>
    desk.frames
      .flatMap(frame => frame.changes as Change[])
      .flatMap(change => (change.type === 'message' && change.message.id === id ? [change.message.status] : []))
  await until('it is read', () => states().at(-1) === 'read')
  const order = ['queued', 'sending', 'sent', 'delivered', 'read']
  const steps = states().map(status => order.indexOf(status))
  assert.deepEqual(steps, [...steps].sort(), `only forward: ${states()}`)
  desk.close()
})
