import assert from 'node:assert/strict'
import { test } from 'node:test'
import { everything, fakeChannel, said } from '../../test/fake-channel.ts'
import { testParley, until } from '../../test/parley.ts'
import { tellTyping } from './courtesy.ts'
import { reactTo } from './resend.ts'
import { markRead } from './verbs.ts'

const hour = 3_600_000

/** A network of chats with a window and everything, and of comments with words only; `told` are its small signs. */
function withComments() {
  const fake = fakeChannel({ window: { hours: 24, after: 'nothing' }, typing: true, markRead: true })
  const told: string[] = []
  const { reply: _, reactions: __, location: ___, ...bare } = everything
  fake.adapter = {
    ...fake.adapter,
    places: [{ name: 'comment', addresses: ['wall:'], can: { ...bare, media: {}, public: {} } }],
    typing: async ({ address }) => void told.push(`typing ${address}`),
    markRead: async (_message, { address }) => void told.push(`read ${address}`),
  }
  return { fake, told }
}

async function overheard(t: Parameters<typeof testParley>[0]) {
  const { fake, told } = withComments()
  const p = await testParley(t, fake)
  const at = new Date(Date.now() - 48 * hour)
  await p.hear(said('anna', 'In the chat', { at }), said('wall:anna', 'Below the post', { at }))
  const all = await p.conversations()
  const conversation = (address: string) => all.find(c => c.address === address)!
  const on = (address: string) => ({ workspaceId: p.workspaceId, conversationId: conversation(address).id, by: p.by })
  return { p, told, fake, on }
}

test('the place tells what may be said, how late and with what reaction', async t => {
  const { p, fake, on } = await overheard(t)
  const [chat, post] = [on('anna'), on('wall:anna')]
  const late = await p.say(chat.conversationId, 'Hi')
  assert.deepEqual(!late.ok && late.why === 'refused' && late.because, [{ code: 'window-closed' }])
  const answered = await p.say(post.conversationId, [{ type: 'location', lat: 60, lon: 25 }])
  assert.deepEqual(answered.ok && answered.message.changes, ['The location becomes a map link'])
  await p.quiet()
  assert.deepEqual(
    fake.sent.map(({ piece, to }) => [piece.type, to.address]),
    [['text', 'wall:anna']],
  )
  const react = async (where: typeof chat) => {
    const [message] = await p.messages(where.conversationId)
    return reactTo(p, { ...where, messageId: message!.id, emoji: '👍' })
  }
  assert.equal(await react(post), 'not-possible')
  assert.equal(typeof (await react(chat)), 'object')
})

test('where a network shows no typing and no reading, it is not told of them', async t => {
  const { p, told, on } = await overheard(t)
  for (const address of ['wall:anna', 'anna']) {
    tellTyping(p, { ...on(address), who: 'Ann' })
    await markRead(p, on(address))
  }
  await until(async () => told.length > 1, 'both signs are told')
  assert.deepEqual(told.toSorted(), ['read anna', 'typing anna'])
})
