import { keyOf } from './find-people.ts'
import type { Parsed } from './receive.ts'

/**
 * Which deliveries may be received at the same time in two transactions: messages of different people. What one person
 * said stays in its order, and what touches more than its sender's conversation runs alone.
 */
export interface Lot {
  list: Parsed[]
  keys: Set<string>
  /** Nothing may run beside it. */
  alone: boolean
}

const known = new WeakMap<Parsed, string[] | undefined>()

/** Undefined: it must run alone. */
function keysOf(one: Parsed): string[] | undefined {
  if (!known.has(one)) known.set(one, findKeys(one))
  return known.get(one)
}

function findKeys({ heard }: Parsed): string[] | undefined {
  const keys: string[] = []
  for (const { channel, event } of heard) {
    if (event.type === 'receipt' || event.type === 'watermark') keys.push(keyOf(channel.id, '\0receipts'))
    else if (event.type === 'typing') keys.push(keyOf(channel.id, event.from))
    else if (event.type === 'message')
      for (const address of [event.from, ...(event.aliases ?? [])]) keys.push(keyOf(channel.id, address))
    else return undefined
  }
  return keys
}

/** Takes from the waiting all that may run beside those in work; the others stay, in order. */
export function lotBeside(
  waiting: readonly Parsed[],
  inWork: readonly Lot[],
  most: number,
): { lot: Lot; rest: Parsed[] } {
  const lot: Lot = { list: [], keys: new Set(), alone: false }
  const rest: Parsed[] = []
  if (inWork.some(other => other.alone)) return { lot, rest: [...waiting] }
  const busy = new Set<string>()
  const taken = (key: string) => busy.has(key) || inWork.some(other => other.keys.has(key))
  for (const [i, one] of waiting.entries()) {
    const keys = keysOf(one)
    if ((!keys && inWork.length) || lot.list.length === most) {
      rest.push(...waiting.slice(i))
      break
    }
    if (!keys) lot.alone = true
    if (keys?.some(taken)) {
      rest.push(one)
      for (const key of keys) busy.add(key)
      continue
    }
    lot.list.push(one)
    for (const key of keys ?? []) lot.keys.add(key)
  }
  return { lot, rest }
}
