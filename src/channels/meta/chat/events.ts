import type { InboundEvent } from '../../contract.ts'
import { externalId, type Json, text } from '../../kit.ts'
import { requiredId } from '../facts.ts'
import { type About, hashed, known } from './origin.ts'

/** A message whose words the customer changed. */
export function edited(body: Json, by: About): InboundEvent[] {
  const of = requiredId(body.mid)
  const id = externalId(`${of}:edit:${text(body.num_edit) ?? hashed('text', body.text)}`)
  const words = text(body.text)
  if (!words) return [{ type: 'unsupported', ...known(by), id, what: 'edit without words' }]
  return [{ type: 'edited', ...known(by), id, of, parts: [{ type: 'text', text: words }] }]
}

/** The link or the ad that the customer came by. */
export function entryOf(referral: Json): { ref: string; source: string } | undefined {
  const ref = text(referral.ref) || text(referral.ad_id)
  return ref ? { ref, source: text(referral.source)?.toLowerCase() || 'link' } : undefined
}
