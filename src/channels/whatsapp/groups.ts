import type { InboundEvent } from '../contract.ts'
import { address, externalId, type Json, present, records, text } from '../kit.ts'
import { digestOf, timeOf } from '../meta/facts.ts'
import { idOf } from './origin.ts'

const kinds: Record<string, string> = {
  group_create: 'group-created',
  group_delete: 'group-deleted',
  group_settings_update: 'group-changed',
  group_add_participants: 'member-joined',
  group_remove_participants: 'member-left',
}

/** An entry of `groups`. Join requests and whatever else is new stay visible as unsupported. */
export function group(raw: Json): InboundEvent {
  const id = idOf(raw.group_id)
  const members = [...records(raw.added_participants), ...records(raw.removed_participants)]
    .flatMap(p => text(p.wa_id) ?? text(p.user_id) ?? text(p.input) ?? [])
    .join(', ')
  const by = { id: externalId(`group:${digestOf(raw)}`), at: timeOf(raw.timestamp) }
  // A creation that failed has no group yet.
  const what =
    Object.hasOwn(kinds, String(raw.type)) && !records(raw.errors).length ? kinds[String(raw.type)] : undefined
  if (!id || !what)
    return { type: 'unsupported', ...by, ...(id && { from: address(id) }), what: text(raw.type) ?? 'group event' }
  const values = present({ members, subject: text(raw.subject), description: text(raw.description) })
  return {
    type: 'happened',
    ...by,
    from: address(id),
    group: { title: text(raw.subject) ?? id, member: members.slice(0, 512) || id },
    what,
    ...(Object.keys(values).length && { values }),
  }
}
