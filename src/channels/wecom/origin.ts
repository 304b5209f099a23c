import { createHash } from 'node:crypto'
import type { Address, ExternalId } from '../contract.ts'
import { address, externalId, type Json, maybe, seconds, text } from '../kit.ts'

export interface Origin {
  id: ExternalId
  from: Address
  at: Date
}

/** Events name their customer inside. Throws where nobody is named. */
export function originOf(item: Json): Origin {
  const from = customerOf(item)
  if (!from) throw new TypeError('a message of nobody')
  return { id: idOf(item), from: address(from), at: seconds(item.send_time) }
}

export const idOf = (item: Json): ExternalId =>
  externalId(text(item.msgid) || `unnamed:${createHash('sha256').update(JSON.stringify(item)).digest('hex')}`)

export const customerOf = (item: Json): string | undefined =>
  text(item.external_userid) || text(maybe(item.event).external_userid)
