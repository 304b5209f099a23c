import type { HttpAnswer, Io, Renewed, SetupResult } from '../contract.ts'
import { attempt, maybe, number, records, text } from '../kit.ts'
import { outcome } from '../meta/chat/outcome.ts'
import { profileOf, setProfile } from '../meta/chat/profile.ts'
import { expiryIn } from '../meta/expiry.ts'
import { graphUrl } from '../meta/graph.ts'
import { baseUrl, byFacebook, graph, type Settings } from './settings.ts'

/** What the account has to tell us. */
const fields = [
  'messages',
  'messaging_postbacks',
  'messaging_seen',
  'messaging_referral',
  'messaging_optins',
  'messaging_handover',
  'message_reactions',
  'message_edit',
  'standby',
  'comments',
  'live_comments',
  'mentions',
]

/** A page knows other names; the fields of Instagram are then chosen in the Meta app. */
const pageFields = ['messages', 'messaging_postbacks', 'messaging_referrals', 'message_reactions']
const wanted = (io: Io<Settings>): string[] => (byFacebook(io.settings) ? pageFields : fields)

/** Asks whose token it is, subscribes the account and looks whether that holds. */
export const setup = (webhookUrl: string, io: Io<Settings>): Promise<SetupResult> =>
  settled(io, async () => {
    const account = await whose(io)
    if (!account.ok) return account
    const subscribed = await subscribe(io)
    if (!subscribed.ok) return subscribed
    const menuless = await setProfile(profileOf(io.settings), call => graph(io, call), { platform: 'instagram' })
    return menuless ?? { ...account, detail: `${account.detail} ${byHand(webhookUrl)}` }
  })

/** Every day: does the token hold, does the account still tell us everything, and may the token live on? */
export const tend = (_webhookUrl: string, io: Io<Settings>): Promise<SetupResult> =>
  settled(io, async () => {
    const account = await whose(io)
    if (!account.ok) return account
    const subscribed = (await missing(io)).length ? await subscribe(io) : account
    if (!subscribed.ok) return subscribed
    const token = byFacebook(io.settings) ? await aboutPageToken(io) : undefined
    if (token && !token.ok) return token
    const warning = token ? token.detail : await renew(io)
    return { ...account, ...(warning && { warning }) }
  })

const byHand = (url: string) =>
  `In the Meta app open Instagram, API setup, Configure webhooks. Callback URL: ${url}. Verify token: the one above. Fields: ${fields.join(', ')}.`

/** The network's accidents as results. */
async function settled(io: Io<Settings>, run: () => Promise<SetupResult>): Promise<SetupResult> {
  let done: SetupResult = { ok: false, why: 'unknown', detail: 'Nothing was answered.' }
  const accident = await attempt(io, async () => {
    done = await run()
    return { ok: true, id: '' as never }
  })
  return accident.ok ? done : { ok: false, why: accident.why, detail: accident.detail }
}

async function whose(io: Io<Settings>): Promise<SetupResult> {
  const asked = byFacebook(io.settings)
    ? 'name,instagram_business_account{id,username,profile_picture_url}'
    : 'user_id,username,name,profile_picture_url'
  const answer = await graph(io, { method: 'GET', path: `me?fields=${asked}` })
  if (answer.status >= 300) return failed(answer)
  const me = maybe(answer.json)
  const linked = maybe(me.instagram_business_account)
  const username = text(linked.username) ?? text(me.username) ?? ''
  const id = text(linked.id) ?? text(me.user_id)
  if (id !== io.settings.accountId)
    return { ok: false, why: 'invalid', detail: `The token belongs to ${username} (${id}), not to this account.` }
  const url = text(linked.profile_picture_url) ?? text(me.profile_picture_url)
  const detail = `https://ig.me/m/${username}`
  return { ok: true, account: text(me.name) || username, detail, ...(url && { picture: { url } }) }
}

/** A page's token is not renewed; only the Meta app's own token may ask until when it is good. */
async function aboutPageToken(io: Io<Settings>): Promise<SetupResult> {
  const { appId, appSecret, accessToken } = io.settings
  if (!appId) return { ok: true, account: '' }
  const query = new URLSearchParams({ input_token: accessToken })
  const headers = { authorization: `Bearer ${appId}|${appSecret}` }
  const answer = await io.http({ method: 'GET', url: graphUrl(io.settings, `debug_token?${query}`), headers })
  return answer.status >= 300 ? failed(answer) : expiryIn(answer.json, io.now)
}

const dayMs = 86_400_000
const life = 60 * dayMs

class NotRenewed extends Error {}

/** A token lives sixty days from its last renewal, which happens once a day. Answers what to worry about. */
async function renew(io: Io<Settings>): Promise<string> {
  const until: { ends?: Date } = {}
  try {
    await io.token(
      'access',
      async ({ settings, ends }) => {
        // Meta renews none of less than a day and tells the age of none: at the first look it counts as new.
        if (!ends) return { value: settings.accessToken, expiresAt: new Date(io.now.getTime() + life) }
        until.ends = ends
        return refreshed(io, settings)
      },
      life - dayMs,
    )
    return ''
  } catch (error) {
    if (!(error instanceof NotRenewed)) throw error
    return worry(error.message, io.now, until.ends!)
  }
}

/** Another day may help, as long as there are many. */
function worry(why: string, now: Date, ends: Date): string {
  if (ends.getTime() - now.getTime() > life / 2) return ''
  return `The access token could not be renewed and ends on ${ends.toISOString().slice(0, 10)}. Sign in again before. ${why}`
}

async function refreshed(io: Io<Settings>, { accessToken }: Settings): Promise<Renewed<Settings>> {
  const query = new URLSearchParams({ grant_type: 'ig_refresh_token', access_token: accessToken })
  const answer = await io.http({ method: 'GET', url: `${baseUrl(io.settings)}/refresh_access_token?${query}` })
  const { access_token, expires_in } = maybe(answer.json)
  const value = text(access_token)
  if (answer.status >= 300 || !value) throw new NotRenewed(failed(answer).detail)
  const expiresAt = new Date(io.now.getTime() + (number(expires_in) ?? 0) * 1000)
  return { value, expiresAt, settings: { accessToken: value } }
}

async function subscribe(io: Io<Settings>): Promise<SetupResult> {
  const query = new URLSearchParams({ subscribed_fields: wanted(io).join(',') })
  const answer = await graph(io, { method: 'POST', path: `me/subscribed_apps?${query}` })
  if (answer.status >= 300) return failed(answer)
  const lacking = await missing(io)
  if (!lacking.length) return { ok: true, account: '' }
  return { ok: false, why: 'auth', detail: `The account does not tell this app about ${lacking.join(', ')}.` }
}

/** Which fields the account is not subscribed to. */
async function missing(io: Io<Settings>): Promise<string[]> {
  const answer = await graph(io, { method: 'GET', path: 'me/subscribed_apps' })
  const told = records(maybe(answer.json).data).flatMap(app =>
    Array.isArray(app.subscribed_fields) ? app.subscribed_fields : [],
  )
  return wanted(io).filter(field => !told.includes(field))
}

function failed(answer: HttpAnswer): SetupResult & { ok: false } {
  const result = outcome(answer)
  return result.ok
    ? { ok: false, why: 'unknown', detail: 'An answer to another question.' }
    : { ok: false, why: result.why, detail: result.detail }
}
