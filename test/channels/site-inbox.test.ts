import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { visitor } from '../../sandbox/site.ts'
import type { SayablePart } from '../../src/api/shapes.ts'
import { wholeParley } from './whole.ts'

/** All of Parley with one website chat. */
async function openParley(t: TestContext) {
  const whole = await wholeParley(t, 'site')
  return { ...whole, channelId: await whole.connect('site', {}) }
}

test('Through the whole of Parley: a visitor asks, Aino answers, and each sees what the other did', async t => {
  const shop = await openParley(t)
  const anna = await visitor(shop.url, shop.channelId)
  t.after(anna.close)
  await anna.connect()
  const asked = await anna.text('Do you have rye bread?')
  await anna.until(m => m.ref === asked)
  const [conversation] = await shop.conversations()
  assert.match(conversation?.contact.name ?? '', /^Visitor [0-9A-F]{4}$/)
  const offer: SayablePart = {
    type: 'choices',
    prompt: 'Which?',
    choices: [
      { id: 'a', label: 'Seeded' },
      { id: 'b', label: 'Plain' },
    ],
  }
  await shop.say(conversation!.id, offer)
  const answer = await anna.until(m => m.from === 'business')
  assert.deepEqual([answer.author, answer.parts], ['Aino', [offer]])
  await anna.acknowledge(answer, 'delivered')
  await anna.acknowledge(answer, 'read')
  await anna.until(m => m.id === answer.id && m.status === 'read')
  await anna.choose({ id: 'a', label: 'Seeded' }, answer.ref)
  const chosen = await anna.until(m => m.parts[0]?.type === 'chosen')
  assert.equal(chosen.replyTo, answer.ref)
  await anna.react(answer.ref, '👍')
  await anna.until(m => m.id === answer.id && m.reactions !== undefined)
  const seen = await shop.messages(conversation!.id)
  assert.deepEqual(
    seen.map(m => [m.direction, m.status, m.reactions?.[0]?.emoji]),
    [
      ['in', 'received', undefined],
      ['out', 'read', '👍'],
      ['in', 'received', undefined],
    ],
  )
})

test('A visitor changes and takes back words and sends a file, and the inbox keeps up', async t => {
  const shop = await openParley(t)
  const anna = await visitor(shop.url, shop.channelId)
  t.after(anna.close)
  await anna.connect()
  const first = await anna.text('Two loafs')
  await anna.edit(first, 'Two loaves')
  await anna.until(m => m.ref === first && m.edited === true)
  const second = await anna.text('Forget it')
  await anna.remove(second)
  await anna.until(m => m.ref === second && m.deleted === true)
  const bytes = Buffer.from('Allergens: none')
  const third = await anna.file({ bytes, mime: 'text/plain', name: 'allergens.txt' })
  const file = await anna.until(m => m.ref === third)
  const part = file.parts[0] as { url: string; name: string }
  assert.equal(part.name, 'allergens.txt')
  assert.equal(await (await fetch(shop.url + part.url)).text(), 'Allergens: none')
  const [conversation] = await shop.conversations()
  const seen = await shop.messages(conversation!.id)
  assert.deepEqual(
    seen.map(m => [m.externalId, m.editedAt !== undefined, m.deletedAt !== undefined]),
    [
      [first, true, false],
      [second, false, true],
      [third, false, false],
    ],
  )
})
