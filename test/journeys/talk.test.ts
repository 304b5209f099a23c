import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../../src/api/shapes.ts'
import { folk, openTown } from '../harness/town.ts'
import { until } from '../harness/until.ts'
import { textOf } from '../harness/words.ts'
import { picture, voice } from './files.ts'

const town = await openTown()
const messengers = ['whatsapp', 'telegram', 'viber'] as const
type Messenger = (typeof messengers)[number]

/** The newest message whose first part is of this type, once its file (if any) is here. */
const arrived = async (kind: Messenger, type: string): Promise<Message> =>
  town.message(await town.conversation(kind), `a ${type} on ${kind}`, m => {
    const part = m.parts[0]!
    return m.direction === 'in' && part.type === type && (!('state' in part) || part.state === 'ready')
  })

async function say(kind: Messenger, text: string): Promise<Message> {
  town.act(kind, { do: 'text', text })
  return town.message(await town.conversation(kind), `“${text}” on ${kind}`, m => textOf(m) === text)
}

for (const kind of messengers) {
  test(`${folk[kind].name} says everything there is to say on ${kind}, and the inbox shows it`, async () => {
    const bytes = await picture()
    town.act(kind, { do: 'text', text: 'Two rye loaves, please' })
    town.act(kind, {
      do: 'media',
      type: 'image',
      bytes,
      mime: 'image/jpeg',
      name: 'loaf.jpg',
      caption: 'Like this one',
    })
    town.act(kind, { do: 'location', lat: 60.1699, lon: 24.9384 })
    town.act(kind, { do: 'contact', name: 'Eero Niemi', phone: '358405550199' })
    const image = (await arrived(kind, 'image')).parts[0]!
    assert.ok(image.type === 'image' && image.caption === 'Like this one' && image.width === 64, JSON.stringify(image))
    assert.equal(image.bytes, bytes.length)
    const place = (await arrived(kind, 'location')).parts[0]!
    assert.ok(place.type === 'location' && place.lat === 60.1699 && place.lon === 24.9384)
    const card = (await arrived(kind, 'contact')).parts[0]!
    assert.ok(card.type === 'contact' && card.name === 'Eero Niemi' && /358405550199$/.test(card.phones[0]!))
    const conversation = await town.conversation(kind)
    assert.equal(conversation.contact.name, folk[kind].name)
    assert.equal(conversation.unread, 4)
    const file = await fetch(`${town.server.url}${image.url}`, {
      headers: { authorization: `Bearer ${town.server.key}` },
    })
    assert.deepEqual(Buffer.from(await file.arrayBuffer()), bytes)
  })

  test(`the agent answers ${folk[kind].name} with words, a picture and a question, and a button comes back`, async () => {
    const conversation = await town.conversation(kind)
    await town.answer(conversation, 'Put aside for you!')
    const { media, url } = await town.api<{ media: string; url: string }>(
      'POST',
      '/media?name=loaf.jpg',
      await picture(),
      {
        'content-type': 'image/jpeg',
      },
    )
    await town.answer(conversation, [{ type: 'image', url, media, caption: 'These two' }])
    const choices = ['At five', 'At six'].map(label => ({ id: label.toLowerCase(), label }))
    const asked = await town.answer(conversation, [{ type: 'choices', prompt: 'When do you come?', choices }])
    const bubble = await town.bubble(kind, 'the question', b => b.parts.some(p => p.type === 'choices'))
    await town.bubble(kind, 'the picture', b => b.from === 'business' && b.parts[0]?.type === 'image')
    town.act(kind, { do: 'press', bubble: bubble.id, choice: kind === 'viber' ? 'At six' : 'at six' })
    // The press may overtake the record of our own sending: then its quote follows a moment later.
    const chosen = await town.message(
      conversation,
      'the press with its question',
      m => m.parts[0]?.type === 'chosen' && (kind === 'viber' || m.replyTo === asked.id),
    )
    assert.deepEqual(chosen.parts, [{ type: 'chosen', choice: 'at six', label: 'At six' }])
    const order = world(kind).bubbles.filter(b => b.person === folk[kind].id && b.from === 'business')
    assert.deepEqual(
      order.map(b => b.parts[0]!.type),
      ['text', 'image', 'choices'],
    )
  })
}

const world = (kind: Messenger) => town.world(kind)

for (const kind of ['whatsapp', 'viber'] as const)
  test(`the agent sees that ${folk[kind].name} has read the answer`, async () => {
    const conversation = await town.conversation(kind)
    const { id } = await town.answer(conversation, 'See you at six')
    const end = (status: string) =>
      town.message(conversation, `it is ${status}`, m => m.id === id && m.status === status)
    await end('delivered')
    town.act(kind, { do: 'look' })
    await end('read')
  })

for (const kind of ['whatsapp', 'telegram'] as const) {
  test(`${folk[kind].name} speaks a voice message on ${kind}`, async () => {
    town.act(kind, { do: 'media', type: 'voice', bytes: voice(), mime: 'audio/ogg', name: 'voice.ogg', seconds: 3 })
    const part = (await arrived(kind, 'voice')).parts[0]!
    assert.ok(part.type === 'voice' && /^audio\/ogg/.test(part.mime!), JSON.stringify(part))
  })

  test(`reactions, edits and quotes find their message on ${kind}, both ways`, async () => {
    const conversation = await town.conversation(kind)
    const order = await say(kind, 'One loaf more?')
    const answer = await town.answer(conversation, 'Of course', { replyTo: order.id })
    const bubble = await town.bubble(kind, 'the answer', b => textOf(b) === 'Of course')
    assert.equal(bubble.replyTo, order.externalId)
    town.act(kind, { do: 'react', bubble: bubble.id, emoji: '👍' })
    await town.message(conversation, 'the reaction', m => m.id === answer.id && m.reactions?.[0]?.emoji === '👍')
    await town.api('POST', `/conversations/${conversation.id}/messages/${order.id}/reaction`, { emoji: '🔥' })
    await until('our reaction is on the phone', () =>
      world(kind)
        .bubble(order.externalId!)
        ?.reactions.some(r => r.from === 'business' && r.emoji === '🔥'),
    )
    town.act(kind, { do: 'edit', bubble: order.externalId!, text: 'Two loaves more?' })
    await town.message(
      conversation,
      'the edit',
      m => m.id === order.id && textOf(m) === 'Two loaves more?' && !!m.editedAt,
    )
    town.act(kind, { do: 'text', text: 'That is right', replyTo: bubble.id })
    await town.message(conversation, 'the quote', m => textOf(m) === 'That is right' && m.replyTo === answer.id)
  })
}
