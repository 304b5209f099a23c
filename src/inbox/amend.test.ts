import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, said } from '../../test/fake-channel.ts'
import { testParley } from '../../test/parley.ts'

const text = (words: string) => [{ type: 'text', text: words }]
const at = (seconds: number) => new Date(Date.now() - 60_000 + seconds * 1000)

test('an edit, a reaction and a deletion that overtook their message are applied when it comes', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'Hello', { id: 'first' }))
  await p.hear(
    event('edited', { from: 'anna', of: 'late', parts: text('corrected'), at: at(2) }),
    event('reaction', { from: 'anna', of: 'late', emoji: '👍', at: at(3), sender: { name: 'Anna' } }),
    event('deleted', { from: 'anna', of: 'late', at: at(4) }),
  )
  assert.equal((await p.theOne()).messages.length, 1)
  await p.hear(said('anna', 'first words', { id: 'late', at: at(1) }))
  const late = (await p.theOne()).messages.find(m => m.externalId === 'late')!
  assert.deepEqual(late.parts, text('corrected'))
  assert.deepEqual(
    late.reactions?.map(r => [r.emoji, r.by, r.name]),
    [['👍', 'contact', 'Anna']],
  )
  assert.ok(late.editedAt && late.deletedAt)
})

test('of two edits the later one counts, in whatever order they come, and the old words are kept', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'one', { id: 'm' }))
  await p.hear(event('edited', { from: 'anna', of: 'm', parts: text('three'), at: at(3) }))
  await p.hear(event('edited', { from: 'anna', of: 'm', parts: text('two'), at: at(2) }))
  assert.deepEqual((await p.theOne()).messages[0]!.parts, text('three'))
  const { rows } = await p.db.query<{ parts: unknown }>('select parts from message_versions order by at')
  assert.deepEqual(
    rows.map(r => r.parts),
    [text('two'), text('one')],
  )
})

test('a repeated edit changes nothing', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', 'one', { id: 'm' }))
  const edit = event('edited', { from: 'anna', of: 'm', parts: text('two') })
  await p.hear(edit)
  const before = await p.theOne()
  await p.hear(edit, edit)
  assert.deepEqual(await p.theOne(), before)
})

test('one person has one reaction; a new one replaces it, an empty one takes it away', async t => {
  const p = await testParley(t)
  await p.hear(said('group', 'Hello', { id: 'm' }))
  const react = (from: string, emoji: string) =>
    p.hear(event('reaction', { from, of: 'm', emoji, sender: { name: from } }))
  const shown = async () => (await p.theOne()).messages[0]!.reactions?.map(r => `${r.name} ${r.emoji}`) ?? []
  await react('anna', '👍')
  await react('boris', '❤️')
  await react('anna', '🎉')
  assert.deepEqual((await shown()).sort(), ['anna 🎉', 'boris ❤️'])
  await react('anna', '')
  assert.deepEqual(await shown(), ['boris ❤️'])
})

test('a caption edited on a picture leaves the picture as it is', async t => {
  const p = await testParley(t)
  p.fake.files.set('photo', { bytes: Buffer.from('words'), mime: 'text/plain' })
  const picture = (caption: string) => [{ type: 'file', url: '', ref: 'photo', caption }]
  await p.hear(said('anna', '', { id: 'm', parts: picture('rye') }))
  await p.quiet()
  await p.hear(event('edited', { from: 'anna', of: 'm', parts: picture('white') }))
  await p.quiet()
  const part = (await p.theOne()).messages[0]!.parts[0] as { state?: string; caption?: string; media?: string }
  assert.equal(part.caption, 'white')
  assert.equal(part.state, 'ready')
  const { rows } = await p.db.query('select id from media')
  assert.deepEqual(rows, [{ id: part.media }])
})

test('an edit that takes the file away while it is being fetched leaves a message without it', async t => {
  const p = await testParley(t)
  await p.hear(said('anna', '', { id: 'm', parts: [{ type: 'file', url: '', ref: 'gone' }] }))
  await p.hear(event('edited', { from: 'anna', of: 'm', parts: [] }))
  await p.quiet()
  assert.deepEqual((await p.theOne()).messages[0]!.parts, [])
  const { rows } = await p.db.query('select * from jobs')
  assert.deepEqual(rows, [])
})
