import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Delivery } from '../../src/api/shapes.ts'
import { findDelivery, type ListDeliveries } from './find-delivery.ts'

const start = Date.parse('2026-11-01T08:00:00Z')
const when = (n: number) => new Date(start + n * 20_000).toISOString()

const delivery = (n: number, body: string, bytes = body.length): Delivery => ({
  id: String(n * 3),
  channelId: '1',
  receivedAt: when(n),
  state: 'done',
  error: null,
  bytes,
  body,
})

/** A channel on which something came every 20 seconds, for four days. */
const many = Array.from({ length: 17_280 }, (_, n) =>
  delivery(n, `{"update_id":${500_000 + n},"message":{"message_id":${n % 1000},"chat":{"id":42}}}`),
)

function channel(deliveries: Delivery[]): { list: ListDeliveries; asked: () => number } {
  const newestFirst = deliveries.toReversed()
  let asked = 0
  const list: ListDeliveries = async ({ after, limit }) => {
    asked += 1
    const items = newestFirst.filter(d => !after || Number(d.id) < Number(after)).slice(0, limit)
    return { items, next: items.length === limit ? items.at(-1)!.id : null }
  }
  return { list, asked: () => asked }
}

describe('the original of a message', () => {
  test('is found by its name, days back, with few questions', async () => {
    const { list, asked } = channel(many)
    const found = await findDelivery({ externalId: 'u503000', at: when(3000) }, list)
    assert.equal(found?.delivery.id, '9000')
    assert.equal(found?.by, 'name')
    assert.ok(asked() < 20, `${asked()} questions`)
  })

  test('is the one nearest in time when numbers repeat', async () => {
    const { list } = channel(many)
    const found = await findDelivery({ externalId: '42:77#1', at: when(5077) }, list)
    assert.equal(found?.delivery.id, String(5077 * 3))
  })

  test('is found when it came a day late', async () => {
    const lone = delivery(17_000, '{"id":"wamid.HBgM=="}')
    const { list } = channel(many.with(17_000, lone))
    const found = await findDelivery({ externalId: 'wamid.HBgM==', at: when(12_600) }, list)
    assert.equal(found?.delivery.id, lone.id)
  })

  test('is guessed by its time when only the hidden rest of a batch can name it', async () => {
    const batch = delivery(900, '{"entry":[', 9000)
    const { list } = channel(many.with(900, batch))
    const found = await findDelivery({ externalId: 'wamid.rest', at: when(900) }, list)
    assert.deepEqual([found?.delivery.id, found?.by], [batch.id, 'time'])
  })

  test('is not made up when no delivery can be it', async () => {
    assert.equal(await findDelivery({ externalId: 'wamid.gone', at: when(900) }, channel(many).list), undefined)
    assert.equal(await findDelivery({ externalId: 'wamid.gone', at: when(900) }, channel([]).list), undefined)
  })
})
