import { AnswerLost, type HttpAnswer, type Io, NotSent, type ProofFound, type SetupResult } from '../contract.ts'
import { maybe, records, text } from '../kit.ts'
import { call, type Params, refusal, responseOf } from './api.ts'
import type { Settings } from './settings.ts'

const wanted = [
  'message_new',
  'message_reply',
  'message_edit',
  'message_event',
  'message_allow',
  'message_deny',
  'message_read',
  'message_typing_state',
  'message_reaction_event',
  'wall_reply_new',
  'wall_reply_edit',
  'wall_reply_restore',
  'wall_reply_delete',
]
const orders = ['market_order_new', 'market_order_edit']
const ticked = (events: readonly string[]): Params => Object.fromEntries(events.map(event => [event, '1']))

/** Asks whose token it is, then tells VK which events to send and where. */
export async function setup(webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  try {
    const asked = await ask('groups.getById', { group_id: io.settings.groupId }, io)
    const { name, screen_name, photo_200, photo_100 } = maybe(records(asked.groups)[0] ?? asked)
    const proof = await (io.settings.receive === 'longpoll' ? askForLongPoll(io) : askForCallback(webhookUrl, io))
    const page = text(screen_name)
    const url = text(photo_200) ?? text(photo_100)
    return {
      ok: true,
      account: text(name) ?? 'VK community',
      ...(page && { detail: `https://vk.me/${page}` }),
      ...(url && { picture: { url } }),
      proof,
    }
  } catch (error) {
    if (error instanceof Refusal) return error.result
    if (error instanceof NotSent || error instanceof AnswerLost)
      return { ok: false, why: 'down', detail: error.message }
    throw error
  }
}

/** VK stops calling a server that failed some times, and its code may change: both are put right, or told. */
export async function renew(webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  const done = await setup(webhookUrl, io)
  if (!done.ok) return done
  const { account, picture, proof } = done
  const warning = typeof proof === 'object' ? proof.failed : undefined
  return { ok: true, account, ...(picture && { picture }), ...(warning && { warning }) }
}

async function askForLongPoll(io: Io<Settings>): Promise<ProofFound> {
  const { groupId, apiVersion } = io.settings
  const which = { group_id: groupId, enabled: '1', api_version: apiVersion, ...ticked(wanted) }
  await ask('groups.setLongPollSettings', which, io)
  return 'connection'
}

/** VK calls the server as soon as it is added, and wants the confirmation code. One it knows it does not call again. */
async function askForCallback(url: string, io: Io<Settings>): Promise<ProofFound> {
  const { groupId, secretKey, confirmationCode, apiVersion } = io.settings
  const group = { group_id: groupId }
  const { code } = await ask('groups.getCallbackConfirmationCode', group, io)
  if (text(code) !== confirmationCode)
    throw new Refusal({
      ok: false,
      why: 'invalid',
      detail: `Enter the confirmation code of this community: ${text(code)}`,
    })
  const { items } = await ask('groups.getCallbackServers', group, io)
  const known = records(items).find(server => server.url === url)
  const server = { ...group, url, title: 'Parley', secret_key: secretKey }
  const added = known ? undefined : await ask('groups.addCallbackServer', server, io)
  const server_id = text(known?.id ?? added?.server_id) ?? ''
  if (known && !(known.status === 'ok' && known.secret_key === secretKey))
    await ask('groups.editCallbackServer', { ...server, server_id }, io)
  const which = { ...group, server_id, api_version: apiVersion, ...ticked([...wanted, ...orders]) }
  await ask('groups.setCallbackSettings', which, io)
  const { items: now } = await ask('groups.getCallbackServers', group, io)
  const status = records(now).find(one => text(one.id) === server_id)?.status
  if (status === 'failed')
    return { failed: `VK could not reach the webhook: nobody answered ${url} with the confirmation code` }
  return status === 'ok' ? 'answer' : 'event'
}

class Refusal extends Error {
  result: SetupResult & { ok: false }
  constructor(result: SetupResult & { ok: false }) {
    super(result.detail)
    this.result = result
  }
}

async function ask(method: string, params: Params, io: Io<Settings>) {
  const answer: HttpAnswer = await call(method, params, io)
  const refused = refusal(answer)
  if (refused) throw new Refusal({ ok: false, why: refused.why, detail: refused.detail })
  return responseOf(answer)
}
