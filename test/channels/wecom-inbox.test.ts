import assert from 'node:assert/strict'
import { test } from 'node:test'
import { enterCallback } from '../../sandbox/wecom/account.ts'
import { wecomWire } from '../../sandbox/wecom.ts'
import { until } from '../parley.ts'
import { mei } from './wecom-stage.ts'
import { openShop } from './whole.ts'

test('Through the whole of Parley: a callback wakes the listener, and a lost answer is not sent twice', async t => {
  const shop = await openShop(t, wecomWire, mei)
  assert.equal(await enterCallback(shop.hook, shop.world), true)
  shop.world.act(mei.id, { do: 'text', text: 'Do you have boots?' })
  const conversation = await shop.first()
  const lines = () => shop.messages(conversation.id)
  shop.world.act(mei.id, { do: 'text', text: 'In size 40' })
  const heard = await until(async () => (await lines()).length === 2 && (await lines()), 'the callback has woken it')
  assert.deepEqual(
    heard.map(m => m.parts),
    [[{ type: 'text', text: 'Do you have boots?' }], [{ type: 'text', text: 'In size 40' }]],
  )
  await shop.world.settled()
  assert.ok((await shop.say(conversation.id, 'Yes')).ok)
  await until(async () => (await lines()).at(-1)?.status === 'sent', 'it is sent')
  shop.world.faults.loseAnswer = 1
  assert.ok((await shop.say(conversation.id, 'In brown too')).ok)
  await until(async () => shop.world.bubbles.length === 4, 'the phone shows it')
  await shop.parley.worker.idle()
  await shop.db.query(`update jobs set run_at = 'epoch' where run_at is not null`)
  shop.parley.wakeJobs()
  await until(async () => (await lines()).at(-1)?.status === 'sent', 'the repetition settles it')
  assert.equal(shop.world.bubbles.length, 4)
})
