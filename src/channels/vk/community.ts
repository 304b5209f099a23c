import type { Part } from '../../domain/message.ts'
import type { InboundEvent } from '../contract.ts'
import { externalId, type Json, maybe, number, present, records, seconds, text } from '../kit.ts'
import { needed, partsOf } from './parts.ts'
import { commentAddress, commentId } from './place.ts'
import { nobodysTime, orderOf, type Told } from './told.ts'

/** What happens in the community outside its messages. */
export function communityEvent(told: Told): InboundEvent[] {
  const { type, id, object } = told
  if (type.startsWith('wall_reply_')) return comment(told)
  if (type === 'market_order_new') return [order(told)]
  if (type === 'lead_forms_new') return [form(told)]
  if (type === 'long_poll_gap')
    return [
      { type: 'account', id: externalId(id), at: new Date(0), what: 'events-lost', detail: gap, level: 'warning' },
    ]
  const what = happenings[type]
  const person = personIn(object)
  if (!what) return [unknown(told, person)]
  // What the community and its administrators do is nobody's conversation.
  if (!person || what === 'settings-changed') return [note(told, what)]
  return [{ type: 'happened', what, ...valuesOf(object), ...nobodysTime(id, person) }]
}

const gap = 'VK has dropped events that Parley was too late to ask for. Messages of that time are shown in VK only.'

/** By what VK calls it; the keys are told in the README. */
const happenings: Record<string, string> = {
  group_join: 'joined',
  group_leave: 'left',
  user_block: 'banned',
  user_unblock: 'unbanned',
  market_order_edit: 'order-changed',
  vkpay_transaction: 'payment',
  poll_vote_new: 'voted',
  like_add: 'liked',
  like_remove: 'unliked',
  wall_post_new: 'posted',
  wall_repost: 'reposted',
  photo_comment_new: 'commented-elsewhere',
  video_comment_new: 'commented-elsewhere',
  market_comment_new: 'commented-elsewhere',
  board_post_new: 'commented-elsewhere',
  donut_subscription_create: 'donut-begun',
  donut_subscription_prolonged: 'donut-prolonged',
  donut_subscription_cancelled: 'donut-ended',
  donut_subscription_expired: 'donut-ended',
  donut_subscription_price_changed: 'donut-changed',
  group_change_settings: 'settings-changed',
  group_change_photo: 'settings-changed',
  group_officers_edit: 'settings-changed',
}

/** Whose conversation it belongs to: people have positive numbers, communities negative ones. */
function personIn(object: Json): string | undefined {
  const found = text(object.from_id) ?? text(object.user_id) ?? text(object.liker_id)
  return found && /^\d+$/.test(found) && found !== '0' ? found : undefined
}

function valuesOf(object: Json): { values?: Record<string, string> } {
  const { text: said, description, comment, join_type, status, display_order_id, object_type, option_id } = object
  const given = {
    said,
    description,
    comment,
    join_type,
    order: display_order_id,
    status,
    object_type,
    option_id,
  }
  const values = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (text(value) ? [[name.replaceAll('_', '-'), text(value)!]] : [])),
  )
  return Object.keys(values).length ? { values } : {}
}

function unknown({ type, id, object }: Told, person: string | undefined): InboundEvent {
  const origin = person ? nobodysTime(id, person) : { id: externalId(id) }
  return { type: 'unsupported', what: [type, text(object.text)].filter(Boolean).join(': '), ...origin }
}

const note = ({ id, type, object }: Told, what: string): InboundEvent => ({
  type: 'account',
  id: externalId(id),
  at: seconds(object.date),
  what,
  detail: text(object.text) || type,
  level: 'note',
})

/** One person's comments under one post are a conversation; an answer is a comment of the community. */
function comment({ type, id, object, group }: Told): InboundEvent[] {
  const [owner, post] = [text(object.owner_id) ?? text(object.post_owner_id) ?? `-${group}`, needed(object.post_id)]
  const of = commentId(owner, post, needed(object.id))
  const author = text(object.from_id) ?? text(object.user_id) ?? text(object.deleter_id)
  // Our own answers come back so, and so do those given in VK: VK does not tell them apart.
  if (author?.startsWith('-'))
    return [{ type: 'receipt', id: externalId(id), of, status: 'sent', at: seconds(object.date) }]
  const from = commentAddress(owner, post, needed(author))
  const origin = { id: of, from, at: seconds(object.date), ...present({ order: orderOf(object.id) }) }
  if (type === 'wall_reply_delete') return [{ type: 'deleted', ...origin, id: externalId(id), of }]
  const parts = partsOf(object)
  if (!parts.length) parts.push({ type: 'unsupported', what: 'a comment without words' })
  if (type === 'wall_reply_new') return [{ type: 'message', ...origin, parts, ...answered(object, owner, post) }]
  return [{ type: 'edited', ...origin, id: externalId(id), of, parts }]
}

const answered = ({ reply_to_comment }: Json, owner: string, post: string) =>
  text(reply_to_comment) ? { replyTo: commentId(owner, post, text(reply_to_comment)!) } : {}

function order({ id, object }: Told): InboundEvent {
  const { total_price, preview_order_items, comment, date } = object
  const part: Part = {
    type: 'order',
    items: records(preview_order_items).map(item => ({
      product: needed(item.item_id),
      quantity: number(item.quantity) ?? 1,
      ...present({
        name: text(item.title) ?? text(maybe(item.item).title),
        price: hundredths(maybe(item.price).amount),
      }),
    })),
    ...present({ currency: text(maybe(maybe(total_price).currency).name), text: text(comment) }),
  }
  return { type: 'message', ...nobodysTime(id, needed(object.user_id)), at: seconds(date), parts: [part] }
}

/** Prices are in hundredths of the currency, as text. */
const hundredths = (amount: unknown): number | undefined => {
  const found = number(amount)
  return found === undefined ? undefined : found / 100
}

function form({ id, object }: Told): InboundEvent {
  const fields = Object.fromEntries(
    records(object.answers).map(({ question, key, answer }) => [text(question) ?? text(key) ?? '?', answerOf(answer)]),
  )
  const part: Part = { type: 'form', name: text(object.form_name) ?? 'Form', fields }
  return { type: 'message', ...nobodysTime(id, needed(object.user_id)), parts: [part] }
}

const answerOf = (answer: unknown): string =>
  text(answer) ?? (Array.isArray(answer) ? answer.map(answerOf).join(', ') : JSON.stringify(answer ?? ''))
