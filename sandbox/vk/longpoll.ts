import type { FastifyInstance } from 'fastify'
import { number } from '../../src/channels/kit.ts'
import type { World } from '../world.ts'
import { communityOf, groupOf, type LongPoll } from './account.ts'

/** lp.vk.com: answers when there is something newer than `ts`, or after `wait` seconds. */
export function longPoll(app: FastifyInstance, world: World): void {
  app.get(`/whp/${groupOf(world)}`, async (request, reply) => {
    const { act, key, ts, wait } = request.query as Record<string, string>
    const { longPoll: line } = communityOf(world)
    if (act !== 'a_check') return reply.code(400).send('')
    if (key !== line.key) return { failed: 2 }
    const last = line.first + line.updates.length
    const since = number(ts)
    if (since === undefined || since > last) return { failed: 3 }
    if (since < line.first) return { failed: 1, ts: String(last) }
    if (since === last) await news(line, { ms: ((number(wait) ?? 25) * 1000) / world.haste, gone: reply.raw })
    return { ts: String(line.first + line.updates.length), updates: line.updates.slice(since - line.first) }
  })
}

interface Until {
  ms: number
  gone: { once(event: 'close', heard: () => void): unknown }
}

function news(line: LongPoll, { ms, gone }: Until): Promise<void> {
  return new Promise(done => {
    line.waiting.push(done)
    gone.once('close', done)
    setTimeout(done, ms).unref()
  })
}

/** VK keeps updates for a while only. */
export function forgetUpdates(world: World): void {
  const { longPoll: line } = communityOf(world)
  line.first += line.updates.length
  line.updates = []
}
