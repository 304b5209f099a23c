import { number, text } from '../../src/channels/kit.ts'
import { type Call, ok, Refusal } from '../tencent/call.ts'
import type { World } from '../world.ts'
import { isWord, kept, openKfIdOf } from './account.ts'

/** So often in a minute may be asked without the word of a call. The real number is told nowhere. */
const freeAsks = 20
const asks = new WeakMap<World, number[]>()
/** Smaller pages than asked for, to see what happens between them. */
export const pageSizes = new WeakMap<World, number>()

/** What happened since the cursor, from a place in the log that only the cursor knows. */
export function syncMsg({ json }: Call, world: World): object {
  if (json.open_kfid !== openKfIdOf(world)) throw new Refusal(95004)
  const limit = number(json.limit) ?? 1000
  if (limit < 1 || limit > 1000) throw new Refusal(40058)
  const word = text(json.token)
  if (word && !isWord(word, world)) throw new Refusal(95007)
  if (!word) patience(world)
  const after = placeOf(text(json.cursor))
  const fresh = kept(world).filter(({ number }) => number > after)
  const page = fresh.slice(0, Math.min(limit, pageSizes.get(world) ?? limit))
  const next_cursor = Buffer.from(`at:${page.at(-1)?.number ?? after}`).toString('base64url')
  return { ...ok, next_cursor, has_more: page.length < fresh.length ? 1 : 0, msg_list: page.map(({ item }) => item) }
}

function placeOf(cursor: string | undefined): number {
  if (!cursor) return 0
  const place = /^at:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (place === undefined) throw new Refusal(40058)
  return Number(place)
}

function patience(world: World): void {
  const now = world.now().getTime()
  const recent = (asks.get(world) ?? []).filter(at => now - at < 60_000)
  if (recent.length >= freeAsks) throw new Refusal(45009)
  asks.set(world, [...recent, now])
}
