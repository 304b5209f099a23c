import { AnswerLost, type Io, NotSent, type SetupResult } from '../contract.ts'
import { maybe, records, text } from '../kit.ts'
import { Declined, type Refusal } from '../tencent/refusal.ts'
import { call } from './api.ts'
import { refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

/** WeCom has no call that registers a callback: this checks the secret and the account, and says what to enter where. */
export async function setup(webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  try {
    const { openKfId } = io.settings
    const accounts = await call({ path: '/cgi-bin/kf/account/list', json: { offset: 0, limit: 100 } }, io)
    const refused = refusal(accounts)
    if (refused) return failed(refused)
    const account = records(maybe(accounts.json).account_list).find(a => a.open_kfid === openKfId)
    if (!account)
      return { ok: false, why: 'invalid', detail: `The app may not use the customer service account ${openKfId}` }
    const link = await call({ path: '/cgi-bin/kf/add_contact_way', json: { open_kfid: openKfId, scene: 'parley' } }, io)
    const url = text(maybe(link.json).url)
    const detail = `Enter ${webhookUrl} as the callback at WeCom, with the same Token and EncodingAESKey.`
    return {
      ok: true,
      account: text(account.name) || openKfId,
      detail: url ? `${detail} Link for customers: ${url}` : detail,
      ...(text(account.avatar) && { picture: { url: text(account.avatar)! } }),
    }
  } catch (error) {
    if (error instanceof Declined) return failed(error.refusal)
    if (error instanceof NotSent || error instanceof AnswerLost)
      return { ok: false, why: 'down', detail: error.message }
    throw error
  }
}

const failed = ({ why, detail }: Refusal): SetupResult => ({ ok: false, why, detail })
