import { AnswerLost, type Io, NotSent, type SetupResult } from '../contract.ts'
import { filled } from './presets.ts'
import { checking, refusal } from './send.ts'
import type { Settings } from './settings.ts'

/** Tries the password where the gateway has a call for that. Webhooks are entered at the gateway by hand. */
export async function setup(webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  const settings = filled(io.settings)
  if (!settings.baseUrl) return { ok: false, why: 'invalid', detail: 'The address of the gateway is missing.' }
  const detail = `Enter ${webhookUrl}?secret=... at the gateway for receipts and messages, with your webhook secret.`
  const account = settings.account || settings.sender || new URL(settings.baseUrl).host
  if (!settings.check) return { ok: true, account, detail }
  try {
    const refused = refusal(await io.http(checking(io)), settings, '')
    return refused ? { ok: false, why: refused.why, detail: refused.detail } : { ok: true, account, detail }
  } catch (error) {
    if (error instanceof NotSent || error instanceof AnswerLost)
      return { ok: false, why: 'down', detail: error.message }
    throw error
  }
}
