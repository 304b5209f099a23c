import type { ExternalId, InboundEvent } from '../contract.ts'
import { externalId, type Json, list, maybe, records, seconds, text } from '../kit.ts'
import { addressOf, idOf, nameOf, privately, whereabouts } from './origin.ts'
import { poll } from './parts.ts'
import { happened } from './service.ts'

/** A press carries no time of its own: `message.date` is when the question was asked. `at` stays the epoch. */
export function callback(raw: Json): InboundEvent {
  const id = externalId(`cq${text(raw.id)}`)
  const under = maybe(raw.message)
  const choice = text(raw.data) ?? text(raw.game_short_name) ?? ''
  const buttons = records(list(maybe(under.reply_markup).inline_keyboard).flat())
  const label = text(buttons.find(b => text(b.callback_data) === choice)?.text) ?? choice
  if (under.message_id === undefined) return { type: 'chosen', id, ...privately(raw.from), choice, label }
  return { type: 'chosen', id, ...whereabouts({ ...under, date: 0 }, raw.from), choice, label, of: idOf(under) }
}

/** One reaction counts: the first. A custom emoji has no character of its own and is shown as a star. */
export function reaction(raw: Json, id: ExternalId): InboundEvent {
  const now = records(raw.new_reaction)
  const first = now.find(r => r.type === 'emoji')
  const emoji = text(first?.emoji) ?? (now.length ? '⭐' : '')
  return { type: 'reaction', id, ...whereabouts(raw, raw.user ?? raw.actor_chat), of: idOf(raw), emoji }
}

export function reactionCounts(raw: Json, id: ExternalId): InboundEvent {
  const counts = records(raw.reactions).map(r => `${text(maybe(r.type).emoji) ?? '⭐'} ${text(r.total_count)}`)
  const values = { message: text(raw.message_id), counts: counts.join(', ') }
  return { type: 'happened', id, ...whereabouts(raw, undefined), ...happened('reactions-counted', values) }
}

/** Only chats of a connected business account tell deletions. */
export function deletedMessages(raw: Json, update: ExternalId): InboundEvent[] {
  const origin = { ...whereabouts(raw, raw.chat), at: seconds(0) }
  return list(raw.message_ids).map(number => ({
    type: 'deleted',
    ...origin,
    id: externalId(`${update}:${text(number)}`),
    of: idOf({ ...raw, message_id: number }),
  }))
}

/** In a private chat `kicked` means that the person blocked the bot, `member` that they let it back in. */
export function ownMembership(raw: Json, id: ExternalId): InboundEvent {
  const status = text(maybe(raw.new_chat_member).status) ?? ''
  const where = whereabouts(raw, raw.from)
  if (!('group' in where)) return { type: 'consent', id, ...where, given: status !== 'kicked', purpose: 'all' }
  const what = out.has(status) ? 'bot-removed' : out.has(oldStatus(raw)) ? 'bot-added' : 'bot-role-changed'
  return { type: 'happened', id, ...where, ...happened(what, { by: nameOf(raw.from), role: status }) }
}

export function memberChanged(raw: Json, id: ExternalId): InboundEvent {
  const status = text(maybe(raw.new_chat_member).status) ?? ''
  const left = status === 'kicked' ? 'member-banned' : 'member-left'
  const what = out.has(status) ? left : out.has(oldStatus(raw)) ? 'member-joined' : 'member-role-changed'
  const names = nameOf(maybe(raw.new_chat_member).user)
  const values = what === 'member-joined' ? { names } : { name: names, role: status, by: nameOf(raw.from) }
  return { type: 'happened', id, ...whereabouts(raw, raw.from), ...happened(what, values) }
}

const out = new Set(['left', 'kicked', ''])
const oldStatus = (raw: Json): string => text(maybe(raw.old_chat_member).status) ?? ''

export function joinRequest(raw: Json, id: ExternalId): InboundEvent {
  const values = { name: nameOf(raw.from), bio: text(raw.bio), link: text(maybe(raw.invite_link).invite_link) }
  return { type: 'happened', id, ...whereabouts(raw, raw.from), ...happened('join-requested', values) }
}

export function businessConnection(raw: Json, id: ExternalId): InboundEvent {
  const may = maybe(raw.rights).can_reply ? 'may reply' : 'may only read'
  const who = `${nameOf(raw.user) ?? text(raw.id)}: ${raw.is_enabled ? may : 'disconnected'}`
  const at = seconds(raw.date)
  if (raw.is_enabled) return { type: 'account', id, at, what: 'business-connected', detail: who, level: 'note' }
  return { type: 'account', id, at, what: 'business-disconnected', detail: who, level: 'warning' }
}

/** An anonymous poll tells its counts but neither its chat nor its voters, so no thread can show it. */
export function pollCounted(raw: Json, id: ExternalId): InboundEvent {
  const { question, options } = poll(raw)
  const detail = `${question}: ${options.map(o => `${o.label} ${o.votes ?? 0}`).join(', ')}`
  return { type: 'account', id, at: seconds(0), what: 'poll-answered', detail, level: 'note' }
}

/** Options come by number only; shown from 1. None at all: the vote was taken back. */
export function pollVote(raw: Json, id: ExternalId): InboundEvent {
  const chosen = list(raw.option_ids).map(n => Number(n) + 1)
  const values = { poll: text(raw.poll_id), options: chosen.join(', ') }
  const voter = raw.user ? privately(raw.user) : { from: addressOf({ chat: raw.voter_chat }), at: seconds(0) }
  return {
    type: 'happened',
    id,
    ...voter,
    ...happened(chosen.length ? 'poll-answered' : 'poll-vote-withdrawn', values),
  }
}
