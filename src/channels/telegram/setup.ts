import { AnswerLost, type Io, NotSent, type Picture, type ProofFound, type SetupResult } from '../contract.ts'
import { aside, list, maybe, number, records, text } from '../kit.ts'
import { setMenu } from './menu.ts'
import { call, refusal } from './send.ts'
import type { Settings } from './settings.ts'

/** Every kind of Bot API 10.3. Without the list Telegram leaves out reactions and the members of groups. */
export const updateKinds: readonly string[] = (
  'message edited_message channel_post edited_channel_post business_connection business_message ' +
  'edited_business_message deleted_business_messages guest_message message_reaction message_reaction_count ' +
  'inline_query chosen_inline_result callback_query shipping_query pre_checkout_query purchased_paid_media poll ' +
  'poll_answer my_chat_member chat_member chat_join_request chat_boost removed_chat_boost managed_bot subscription ' +
  'stopped_message_generation'
).split(' ')

/** Checks the token, registers the webhook, asks how Telegram does with it, answers `@username`. */
export async function setup(webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  try {
    const me = await call({ method: 'getMe', fields: {} }, io)
    if (!maybe(me.json).ok) return refusal(me)
    const set = await call(registration(webhookUrl, io.settings), io)
    if (!maybe(set.json).ok) return refusal(set)
    const menuless = await setMenu(io)
    if (menuless) return { ...menuless, detail: `The menu was not set: ${menuless.detail}` }
    const bot = maybe(maybe(me.json).result)
    return {
      ok: true,
      account: `@${text(bot.username)}`,
      ...(bot.can_read_all_group_messages ? {} : { detail: privacy }),
      ...((await aside(() => face(bot.id, io))) ?? { picture: 'unknown' }),
      ...(await aside(() => complaint(io))),
    }
  } catch (error) {
    if (!(error instanceof NotSent || error instanceof AnswerLost)) throw error
    return { ok: false, why: 'down', detail: error.message }
  }
}

const registration = (url: string, { webhookSecret }: Settings) => ({
  method: 'setWebhook',
  fields: { url, secret_token: webhookSecret, allowed_updates: updateKinds },
})

const privacy = 'In groups the bot sees only messages meant for it. To see all: @BotFather, /setprivacy, Disable.'

/** The largest size of the newest picture, as a file that `media` fetches: the token in its address stays with us. */
async function face(user_id: unknown, io: Io<Settings>): Promise<{ picture?: Picture } | undefined> {
  const answer = await call({ method: 'getUserProfilePhotos', fields: { user_id, limit: 1 } }, io)
  if (!maybe(answer.json).ok) return undefined
  const [newest] = list(maybe(maybe(answer.json).result).photos)
  const ref = text(records(newest).at(-1)?.file_id)
  return ref ? { picture: { ref } } : {}
}

/** An error stays in the answer after it was overcome, so it counts only while updates wait. */
async function complaint(io: Io<Settings>): Promise<{ proof?: ProofFound }> {
  const info = maybe(maybe((await call({ method: 'getWebhookInfo', fields: {} }, io)).json).result)
  const why = text(info.last_error_message)
  const waiting = number(info.pending_update_count) ?? 0
  if (!why || !waiting) return {}
  return { proof: { failed: `Telegram could not reach the webhook: ${why}` } }
}
