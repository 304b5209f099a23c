import type { ExternalId, InboundEvent } from '../contract.ts'
import { type Json, maybe, text } from '../kit.ts'
import { onPage } from '../meta/chat/origin.ts'
import { timeOf } from '../meta/facts.ts'

type News = { what: string; said: Json; id: ExternalId; at?: Date }

/** About the page itself, every fact in one line in Meta's own words. */
export const account = ({ what, said, id, at }: News, entry: Json): InboundEvent => ({
  type: 'account',
  id,
  at: at ?? timeOf(entry.time),
  what,
  detail: Object.entries(maybe(said))
    .map(([key, v]) => `${key}: ${text(v) ?? JSON.stringify(v)}`)
    .join(', '),
  level: levelOf(text(said.action) ?? text(said.event) ?? ''),
  ...onPage(entry),
})

function levelOf(event: string): 'note' | 'warning' | 'alarm' {
  if (event === 'block') return 'alarm'
  return /^(warning|REJECTED|PAUSED|DISABLED|FLAGGED)$/.test(event) ? 'warning' : 'note'
}
