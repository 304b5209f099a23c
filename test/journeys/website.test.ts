import assert from 'node:assert/strict'
import { test } from 'node:test'
import { visitor } from '../../sandbox/site.ts'
import type { Message } from '../../src/api/shapes.ts'
import { openTown } from '../harness/town.ts'
import { until } from '../harness/until.ts'
import { textOf } from '../harness/words.ts'
import { picture, voice } from './files.ts'

// Its own PostgreSQL: beside an outside one, a new server waits 15 s until the leases of the killed one have run out.
const town = await openTown({ people: {}, server: { database: 'own' } })
const eero = await visitor(town.server.url, town.channel('site'), { identity: { name: 'Eero' } })
await eero.connect()

const conversation = () =>
  until('Eero has a conversation', () => town.conversationAt('site', eero.session().visitor.address))
const arrived = async (type: string): Promise<Message> =>
  town.message(
    await conversation(),
    `a ${type} from the website`,
    m => m.parts[0]?.type === type && m.direction === 'in',
  )

test('a visitor of the website says everything there is to say, and the inbox shows it', async () => {
  await eero.text('Two rye loaves, please')
  await eero.file({ bytes: await picture(), mime: 'image/jpeg', name: 'loaf.jpg' }, 'Like this one')
  await eero.file({ bytes: voice(), mime: 'audio/ogg', name: 'voice.ogg' })
  await eero.location(60.1699, 24.9384)
  await eero.contact('Sanna Niemi', '+358405550199')
  const image = (await arrived('image')).parts[0]!
  assert.ok(image.type === 'image' && image.caption === 'Like this one' && image.width === 64, JSON.stringify(image))
  assert.ok((await arrived('audio')).parts[0])
  const place = (await arrived('location')).parts[0]!
  assert.ok(place.type === 'location' && place.lat === 60.1699)
  const card = (await arrived('contact')).parts[0]!
  assert.ok(card.type === 'contact' && card.name === 'Sanna Niemi')
  assert.equal((await conversation()).contact.name, 'Eero')
})

test('the agent answers the website with words, a picture and a question, and a button comes back', async () => {
  const here = await conversation()
  await town.answer(here, 'Put aside for you!')
  const { media, url } = await town.api<{ media: string; url: string }>('POST', '/media?name=l.jpg', await picture(), {
    'content-type': 'image/jpeg',
  })
  await town.answer(here, [{ type: 'image', url, media }])
  const choices = ['At five', 'At six'].map(label => ({ id: label, label }))
  const asked = await town.answer(here, [{ type: 'choices', prompt: 'When do you come?', choices }])
  const question = await eero.until(m => m.parts[0]?.type === 'choices')
  await eero.choose(choices[1]!, question.ref)
  const chosen = await arrived('chosen')
  assert.deepEqual([chosen.parts[0], chosen.replyTo], [{ type: 'chosen', choice: 'At six', label: 'At six' }, asked.id])
  const answers = eero.messages().filter(m => m.from === 'business')
  assert.deepEqual(
    answers.map(m => m.parts[0]!.type),
    ['text', 'image', 'choices'],
  )
})

test('quotes, reactions, edits and ticks travel both ways over the website', async () => {
  const here = await conversation()
  const ref = await eero.text('One loaf more?')
  const order = await town.message(here, 'the order', m => m.externalId === ref)
  const { id } = await town.answer(here, 'Of course', { replyTo: order.id })
  const answer = await eero.until(m => textOf(m) === 'Of course')
  assert.equal(answer.replyTo, ref)
  await eero.react(answer.ref, '👍')
  await town.message(here, 'the reaction', m => m.id === id && m.reactions?.[0]?.emoji === '👍')
  await town.api('POST', `/conversations/${here.id}/messages/${order.id}/reaction`, { emoji: '🔥' })
  await eero.until(m => m.ref === ref && m.reactions?.[0]?.emoji === '🔥')
  await eero.edit(ref, 'Two loaves more?')
  await town.message(
    here,
    'the edit',
    m => m.id === order.id && textOf(m) === 'Two loaves more?' && Boolean(m.editedAt),
  )
  await eero.acknowledge(answer, 'delivered')
  await town.message(here, 'it is delivered', m => m.id === id && m.status === 'delivered')
  await eero.acknowledge(answer, 'read')
  await town.message(here, 'it is read', m => m.id === id && m.status === 'read')
})

test('a visitor who stays through a crash of the server goes on where the talk was', async () => {
  await town.server.kill()
  await town.server.restart()
  await eero.connect()
  await eero.text('Still there?')
  const here = await conversation()
  await town.message(here, 'the question', m => textOf(m) === 'Still there?')
  await town.answer(here, 'Still here.')
  await eero.until(m => textOf(m) === 'Still here.')
  assert.equal((await town.api<{ items: unknown[] }>('GET', '/conversations')).items.length, 1)
})
