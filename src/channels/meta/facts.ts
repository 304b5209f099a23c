import { createHash } from 'node:crypto'
import type { ExternalId } from '../contract.ts'
import { externalId, milliseconds, number, seconds, text } from '../kit.ts'

/** An id, or a TypeError where there is none. */
export function requiredId(value: unknown): ExternalId {
  const id = text(value)
  if (!id) throw new TypeError('no id')
  return externalId(id)
}

/** Some webhooks of Meta write milliseconds, others seconds: told apart by their size. */
export const timeOf = (value: unknown): Date => ((number(value) ?? 0) > 1e11 ? milliseconds(value) : seconds(value))

/** The same for every repetition of one event that has no id of its own. */
export const digestOf = (...what: unknown[]): string =>
  createHash('sha256').update(written(what)).digest('hex').slice(0, 32)

function written(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return 'nested too deep to be written'
  }
}
