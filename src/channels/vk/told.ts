import { address, externalId, type Json, number } from '../kit.ts'

/** One event as VK tells it. */
export interface Told {
  type: string
  /** The same when VK repeats it. */
  id: string
  group: string
  object: Json
}

/** Most events carry no time: the delivery's own is taken. */
export const nobodysTime = (id: string, from: string) => ({
  id: externalId(id),
  from: address(from),
  at: new Date(0),
})

/** Breaks ties; a number that JavaScript cannot count breaks none. */
export const orderOf = (value: unknown): number | undefined => {
  const found = number(value)
  return Number.isSafeInteger(found) ? found : undefined
}
