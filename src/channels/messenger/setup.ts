import type { HttpAnswer, Io, SetupResult } from '../contract.ts'
import { attempt, maybe, records, text } from '../kit.ts'
import { outcome } from '../meta/chat/outcome.ts'
import { profileOf, setProfile } from '../meta/chat/profile.ts'
import { expiryIn } from '../meta/expiry.ts'
import { graph, type Settings } from './settings.ts'

/** What the page has to tell us. The app's own webhook lists the same fields once for all its pages. */
const fields = [
  'messages',
  'messaging_postbacks',
  'messaging_optins',
  'messaging_optouts',
  'messaging_referrals',
  'messaging_handovers',
  'messaging_policy_enforcement',
  'messaging_account_linking',
  'messaging_feedback',
  'messaging_customer_information',
  'message_deliveries',
  'message_reads',
  'message_echoes',
  'message_reactions',
  'message_edits',
  'response_feedback',
  'send_cart',
  'standby',
  'feed',
  'mention',
]

/** Asks whose token it is, points the app's webhook here, subscribes the page, looks whether that holds, and sets the menu. */
export const setup = (webhookUrl: string, io: Io<Settings>): Promise<SetupResult> =>
  settled(io, async () => {
    const page = await whose(io)
    if (!page.ok) return page
    const token = await aboutToken(io)
    if (token && !token.ok) return token
    const hooked = await hook(webhookUrl, io)
    if (!hooked.ok) return hooked
    const subscribed = await subscribe(io)
    if (!subscribed.ok) return subscribed
    const menuless = await setProfile(profileOf(io.settings, getStarted), call => graph(io, call))
    if (menuless) return menuless
    // Where the address is entered by hand, Meta shakes hands then.
    return {
      ...page,
      ...(hooked.proof && { proof: hooked.proof }),
      detail: said(page.detail, hooked.detail, token?.detail),
    }
  })

/** Every day: does the token hold, until when, and does the page still tell us everything? */
export const tend = (_webhookUrl: string, io: Io<Settings>): Promise<SetupResult> =>
  settled(io, async () => {
    const page = await whose(io)
    if (!page.ok) return page
    const token = await aboutToken(io)
    if (token && !token.ok) return token
    const subscribed = (await missing(io)).length ? await subscribe(io) : page
    return subscribed.ok ? { ...page, ...(token?.detail && { warning: token.detail }) } : subscribed
  })

/** The button of a new chat. Without it Meta takes no menu; `pressed` knows the word. */
const getStarted = { get_started: { payload: 'GET_STARTED' } }

const said = (...details: (string | undefined)[]): string => details.filter(Boolean).join(' ')

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
  const answer = await graph(io, { method: 'GET', path: 'me?fields=id,name,username,picture' })
  if (answer.status >= 300) return failed(answer)
  const { id, name, username, picture } = maybe(answer.json)
  const url = text(maybe(maybe(picture).data).url)
  const account = text(name) ?? ''
  if (text(id) !== io.settings.pageId)
    return { ok: false, why: 'invalid', detail: `The token belongs to ${account} (${text(id)}), not to this page.` }
  const detail = `https://m.me/${text(username) ?? text(id)}`
  return { ok: true, account, detail, ...(url && { picture: { url } }) }
}

/** Needs the app's own token: app id and secret. */
async function aboutToken(io: Io<Settings>): Promise<SetupResult | undefined> {
  const { appId, pageAccessToken } = io.settings
  if (!appId) return undefined
  const query = new URLSearchParams({ input_token: pageAccessToken })
  const answer = await graph(io, { method: 'GET', path: `debug_token?${query}`, token: appToken(io) })
  return answer.status >= 300 ? failed(answer) : expiryIn(answer.json, io.now)
}

const appToken = ({ settings }: Io<Settings>): string => `${settings.appId}|${settings.appSecret}`

async function hook(callback_url: string, io: Io<Settings>): Promise<SetupResult> {
  const { appId, verifyToken } = io.settings
  if (!appId) return { ok: true, account: '', detail: byHand(callback_url), proof: 'knock' }
  const json = {
    object: 'page',
    callback_url,
    verify_token: verifyToken,
    fields: fields.join(','),
    include_values: true,
  }
  const answer = await graph(io, { method: 'POST', path: `${appId}/subscriptions`, json, token: appToken(io) })
  return answer.status >= 300 ? failed(answer) : { ok: true, account: '' }
}

const byHand = (url: string) =>
  `In the Meta app open Messenger, API Setup, Configure webhooks. Callback URL: ${url}. Verify token: the one above. Fields: ${fields.join(', ')}.`

async function subscribe(io: Io<Settings>): Promise<SetupResult> {
  const query = new URLSearchParams({ subscribed_fields: fields.join(',') })
  const answer = await graph(io, { method: 'POST', path: `${io.settings.pageId}/subscribed_apps?${query}` })
  if (answer.status >= 300) return failed(answer)
  const lacking = await missing(io)
  if (!lacking.length) return { ok: true, account: '' }
  return { ok: false, why: 'auth', detail: `The page does not tell this app about ${lacking.join(', ')}.` }
}

/** Which fields the page is not subscribed to. */
async function missing(io: Io<Settings>): Promise<string[]> {
  const answer = await graph(io, { method: 'GET', path: `${io.settings.pageId}/subscribed_apps` })
  const apps = records(maybe(answer.json).data)
  const app = apps.find(a => text(a.id) === io.settings.appId) ?? apps[0]
  const told = Array.isArray(app?.subscribed_fields) ? app.subscribed_fields : []
  return fields.filter(field => !told.includes(field))
}

function failed(answer: HttpAnswer): SetupResult {
  const result = outcome(answer)
  return result.ok
    ? { ok: false, why: 'unknown', detail: 'An answer to another question.' }
    : { ok: false, why: result.why, detail: result.detail }
}
