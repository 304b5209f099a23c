import { type Json, maybe, number, present, records, text } from '../kit.ts'
import { nameOf } from './origin.ts'

interface Happened {
  what: string
  values?: Record<string, string>
}

/** The service message in it, or undefined. `what` is the field's own name in kebab-case unless named otherwise here. */
export function serviceOf(message: Json): Happened | undefined {
  const key = keys.find(k => message[k] !== undefined)
  if (!key) return undefined
  const [what, values] = told[key] ?? [key.replaceAll('_', '-'), plain]
  return happened(what, values(message[key]))
}

export function happened(what: string, values: Record<string, string | undefined>): Happened {
  const some = present(values)
  return Object.keys(some).length ? { what, values: some } : { what }
}

/** Every plain field of an object, with its names' underscores made hyphens. */
export const plain = (it: unknown): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(maybe(it))
      .filter(([, v]) => ['string', 'number', 'boolean'].includes(typeof v))
      .map(([k, v]) => [k.replaceAll('_', '-'), String(v)]),
  )

/** `10.00 USD`; Telegram counts in the smallest unit of a currency, which yen and Stars (XTR) do not divide. */
export function money(it: Json): string | undefined {
  const [amount, currency] = [number(it.total_amount ?? it.amount), text(it.currency)]
  if (amount === undefined || !currency) return undefined
  return `${(amount / 10 ** decimals(currency)).toFixed(decimals(currency))} ${currency}`
}

function decimals(currency: string): number {
  if (currency === 'XTR' || !/^[A-Z]{3}$/.test(currency)) return 0
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

const payment = (it: unknown) => {
  const paid = maybe(it)
  return { ...plain({ ...paid, currency: undefined, total_amount: undefined }), total: money(paid) }
}
const names = (people: unknown) => ({ names: records(people).map(nameOf).filter(Boolean).join(', ') })
const users = (it: unknown) => ({
  ...names(maybe(it).users),
  ids: records(maybe(it).users)
    .map(user => text(user.user_id))
    .join(', '),
})
const person = (it: unknown) => ({ name: nameOf(it) })
const nothing = () => ({})

type Told = readonly [what: string, values: (it: unknown) => Record<string, string | undefined>]

const told: Record<string, Told> = {
  new_chat_members: ['member-joined', names],
  left_chat_member: ['member-left', person],
  chat_owner_left: ['owner-left', it => person(maybe(it).new_owner)],
  chat_owner_changed: ['owner-changed', it => person(maybe(it).new_owner)],
  new_chat_title: ['title-changed', it => ({ title: text(it) })],
  new_chat_photo: ['photo-changed', nothing],
  delete_chat_photo: ['photo-removed', nothing],
  group_chat_created: ['group-created', nothing],
  supergroup_chat_created: ['group-created', nothing],
  channel_chat_created: ['channel-created', nothing],
  message_auto_delete_timer_changed: [
    'auto-delete-changed',
    it => ({ seconds: text(maybe(it).message_auto_delete_time) }),
  ],
  migrate_from_chat_id: ['group-upgraded', it => ({ from: text(it) })],
  pinned_message: ['message-pinned', it => ({ message: text(maybe(it).message_id), text: text(maybe(it).text) })],
  invoice: ['invoice-sent', payment],
  successful_payment: ['payment-received', payment],
  refunded_payment: ['payment-refunded', payment],
  users_shared: ['users-shared', users],
  gift: ['gift-received', it => plain({ ...maybe(maybe(it).gift), text: maybe(it).text })],
  unique_gift: ['gift-received', it => plain(maybe(it).gift)],
  connected_website: ['website-connected', it => ({ website: text(it) })],
  passport_data: ['passport-shared', nothing],
  proximity_alert_triggered: [
    'proximity-alert',
    it => ({ name: nameOf(maybe(it).traveler), meters: text(maybe(it).distance) }),
  ],
  giveaway: ['giveaway', plain],
  giveaway_winners: ['giveaway-winners', it => ({ ...plain(it), ...names(maybe(it).winners) })],
  managed_bot_created: ['managed-bot-created', it => person(maybe(it).bot)],
  video_chat_participants_invited: ['video-chat-invited', it => names(maybe(it).users)],
  community_chat_added: ['community-chat-added', it => plain(maybe(it).community)],
}

/** Service messages told by their plain fields, in the order of the Bot API's Message (10.3). */
const keys: readonly string[] = [
  ...Object.keys(told),
  ...(
    'chat_shared gift_upgrade_sent write_access_allowed boost_added chat_background_set checklist_tasks_done ' +
    'checklist_tasks_added direct_message_price_changed forum_topic_created forum_topic_edited forum_topic_closed ' +
    'forum_topic_reopened general_forum_topic_hidden general_forum_topic_unhidden giveaway_created ' +
    'giveaway_completed paid_message_price_changed poll_option_added poll_option_deleted suggested_post_approved ' +
    'suggested_post_approval_failed suggested_post_declined suggested_post_paid suggested_post_refunded ' +
    'video_chat_scheduled video_chat_started video_chat_ended community_chat_joined community_chat_removed'
  ).split(' '),
]
