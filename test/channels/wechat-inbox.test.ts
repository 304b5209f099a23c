import assert from 'node:assert/strict'
import { test } from 'node:test'
import { enterServer } from '../../sandbox/wechat/account.ts'
import { wechatWire } from '../../sandbox/wechat.ts'
import { until } from '../parley.ts'
import { mei } from './wechat-stage.ts'
import { openShop } from './whole.ts'
import { png } from './wired.ts'

test('Through the whole of Parley: encrypted words and a picture come in once, and the answer reaches the phone', async t => {
  const shop = await openShop(t, wechatWire, mei)
  assert.equal(await enterServer(shop.hook, shop.world), true)
  shop.world.faults.duplicate = 1
  shop.world.act(mei.id, { do: 'text', text: '你们卖靴子吗？' })
  shop.world.faults.duplicate = 0
  shop.world.act(mei.id, { do: 'media', type: 'image', bytes: png, mime: 'image/png', name: 'a.png' })
  await shop.world.settled()
  const conversation = await shop.first()
  const lines = () => shop.messages(conversation.id)
  const [words, picture, ...more] = await until(async () => {
    const all = await lines()
    const part = all[1]?.parts[0]
    return part?.type === 'image' && part.state !== 'pending' && all
  }, 'the picture is fetched')
  assert.deepEqual(more, [])
  assert.deepEqual(words!.parts, [{ type: 'text', text: '你们卖靴子吗？' }])
  assert.equal(picture!.parts[0]!.type, 'image')
  assert.ok((await shop.say(conversation.id, '有的 👢')).ok)
  const bubble = await until(async () => shop.world.bubbles.find(b => b.from === 'business'), 'the phone shows it')
  assert.deepEqual(bubble.parts, [{ type: 'text', text: '有的 👢' }])
  await until(async () => (await lines()).at(-1)?.status === 'sent', 'it is known as sent')
  const { rows } = await shop.db.query<{ body: Buffer }>('select body from deliveries order by id limit 1')
  assert.match(rows[0]!.body.toString(), /你们卖靴子吗？/, 'stored as opened')
})
