import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation, SayablePart } from '../../src/api/shapes.ts'
import { type Capabilities, placeAt } from '../../src/domain/capabilities.ts'
import { Refused } from '../harness/api.ts'
import { folk, openTown } from '../harness/town.ts'
import { until } from '../harness/until.ts'
import { textOf } from '../harness/words.ts'

const kinds = ['messenger', 'instagram', 'vk'] as const
type Kind = (typeof kinds)[number]
const town = await openTown({ people: Object.fromEntries(kinds.map(kind => [kind, [folk[kind]]])) })
const days = (n: number) => n * 86_400_000

/** Written below a post so long ago; the webhook took as long as that to come. */
async function commented(kind: Kind, text: string, ago: number): Promise<Conversation> {
  const world = town.world(kind)
  const real = world.now
  world.now = () => new Date(Date.now() - ago)
  town.act(kind, { do: 'comment', text })
  world.now = real
  return until('the comment is there', async () => {
    const { items } = await town.api<{ items: Conversation[] }>('GET', '/conversations?view=all')
    return items.find(c => c.channelId === town.channel(kind) && c.lastMessage?.text === text)
  })
}

/** As the composer reads it: by the kind of the channel and the beginning of the address. */
async function capabilitiesOf(kind: Kind, { address }: Conversation): Promise<Capabilities> {
  interface Kinds {
    items: { kind: string; capabilities: Capabilities; places: { addresses: string[]; capabilities: Capabilities }[] }[]
  }
  const { items } = await town.api<Kinds>('GET', '/channel-kinds')
  const found = items.find(item => item.kind === kind)!
  return (placeAt(address, found.places) ?? found).capabilities
}

const below = (kind: Kind) =>
  town
    .world(kind)
    .bubbles.filter(b => b.from === 'business' && b.comment)
    .map(textOf)

const refused = async (answered: Promise<unknown>): Promise<string> => {
  try {
    await answered
  } catch (error) {
    assert.ok(error instanceof Refused && error.status === 422, String(error))
    return error.problem.detail ?? ''
  }
  throw new Error('It was not refused.')
}

const sentAs = new Set(['sent', 'delivered', 'read'])

/** Answers, and waits until it is sent. */
async function sent(conversation: Conversation, parts: string | SayablePart[]) {
  const { id } = await town.answer(conversation, parts)
  return town.message(conversation, 'it is sent', m => m.id === id && sentAs.has(m.status))
}

const choices: SayablePart = {
  type: 'choices',
  prompt: 'Which one?',
  choices: ['Rye', 'Ring'].map((label, i) => ({ id: String(i), label })),
}

for (const kind of kinds)
  test(`eight days after a comment on ${kind} everybody can still be answered, with what a comment can hold`, async () => {
    const asked = await commented(kind, 'How much is the loaf?', days(8))
    const can = await capabilitiesOf(kind, asked)
    assert.deepEqual([can.window, can.choices, can.typing], [undefined, undefined, undefined])
    assert.ok(can.public)
    const offered = await sent(asked, [choices])
    assert.deepEqual(offered.changes, ['The buttons become a numbered list'])
    await sent(asked, 'Five euros')
    assert.deepEqual(below(kind), ['Which one?\n1. Rye\n2. Ring', 'Five euros'])

    const file = await town.api<{ media: string; url: string }>(
      'POST',
      '/media?name=prices.pdf',
      Buffer.from('%PDF-1.7'),
      {
        'content-type': 'application/pdf',
      },
    )
    assert.match(await refused(town.answer(asked, [{ type: 'file', ...file }])), /does not take file/)
    const template: SayablePart = { type: 'template', name: 'order', language: 'en', values: [] }
    assert.match(await refused(town.answer(asked, [template])), /no templates/)
    const [inbound] = await town.thread(asked)
    const path = `/conversations/${asked.id}/messages/${inbound!.id}/reaction`
    assert.match(await refused(town.api('POST', path, { emoji: '🔥' })), /does not take this reaction/)
    const tooLate = can.public.privatelyForDays ? /allowed for 7 days/ : /everybody would read it/
    assert.match(await refused(town.answer(asked, '/private For you 4 €')), tooLate)
    assert.equal(below(kind).length, 2)
  })

for (const kind of ['messenger', 'instagram'] as const)
  test(`what is meant for one person on ${kind} is one message in seven days, and never half of it in public`, async () => {
    const asked = await commented(kind, 'Where are you?', 0)
    const before = below(kind).length
    assert.match(await refused(town.answer(asked, `/private ${'long '.repeat(500)}`)), /the rest would be public/)
    await sent(asked, '/private Your address?')
    const alone = await town.bubble(kind, 'it is in the chat', b => textOf(b) === 'Your address?')
    assert.equal(alone.comment, undefined)
    assert.equal(below(kind).length, before)
  })
