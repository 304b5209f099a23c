import { AnswerLost, type Io, NotSent, type SetupResult } from '../contract.ts'
import { type Json, maybe, present, text } from '../kit.ts'
import { asAccount } from './api.ts'
import { refusal } from './errors.ts'
import type { Settings } from './settings.ts'

/** Leads the messages and reports of the application here. Without an application there is nothing to ask of. */
export async function setup(webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  const { applicationId, from } = io.settings
  if (!applicationId)
    return {
      ok: true,
      account: from,
      detail: `Enter ${webhookUrl} in the dashboard as the webhook for inbound messages`,
    }
  const path = `/v2/applications/${applicationId}`
  try {
    const found = await asAccount({ method: 'GET', path }, io)
    const unknown = refusal(found)
    if (unknown) return { ok: false, why: unknown.why, detail: unknown.detail }
    const known = maybe(found.json)
    const refused = refusal(await asAccount({ method: 'PUT', path, json: changed(known, webhookUrl) }, io))
    if (refused) return { ok: false, why: refused.why, detail: refused.detail }
    return { ok: true, account: text(known.name) ?? from, detail: from }
  } catch (error) {
    if (error instanceof NotSent || error instanceof AnswerLost)
      return { ok: false, why: 'down', detail: error.message }
    throw error
  }
}

/** The whole application again: what is left out would be taken away. */
function changed(known: Json, address: string): Json {
  const capabilities = maybe(known.capabilities)
  const hook = { address, http_method: 'POST' }
  const messages = { ...maybe(capabilities.messages), version: 'v1', webhooks: { inbound_url: hook, status_url: hook } }
  const key = text(maybe(known.keys).public_key)
  return {
    name: text(known.name) ?? 'Parley',
    capabilities: { ...capabilities, messages },
    ...present({ keys: key ? { public_key: key } : undefined, privacy: known.privacy }),
  }
}
