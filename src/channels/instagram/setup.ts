import type { HttpAnswer, Io, SetupResult } from '../contract.ts'
import { attempt, maybe, number, records, text } from '../kit.ts'
import { outcome } from '../meta/chat/outcome.ts'
import { profileOf, setProfile } from '../meta/chat/profile.ts'
import { accessToken, baseUrl, byFacebook, graph, type Settings, tokenName } from './settings.ts'

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
    if (!subscribed.ok || byFacebook(io.settings)) return subscribed.ok ? account : subscribed
    const warning = await renew(io)
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

/** A token lives sixty days from its last renewal. Answers what to worry about. */
async function renew(io: Io<Settings>): Promise<string> {
  const query = new URLSearchParams({ grant_type: 'ig_refresh_token', access_token: await accessToken(io) })
  const answer = await io.http({ method: 'GET', url: `${baseUrl(io.settings)}/refresh_access_token?${query}` })
  const { access_token, expires_in } = maybe(answer.json)
  const value = text(access_token)
  if (answer.status >= 300 || !value) {
    const why = failed(answer)
    // A token of less than a day cannot be renewed yet: that alone is no worry.
    return `The access token was not renewed: ${why.detail}`
  }
  const expiresAt = new Date(io.now.getTime() + (number(expires_in) ?? 0) * 1000)
  await io.forgetToken(tokenName(io.settings))
  await io.token(tokenName(io.settings), async () => ({ value, expiresAt }))
  return ''
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
