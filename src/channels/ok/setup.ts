import { AnswerLost, type Io, NotSent, type SetupResult } from '../contract.ts'
import { maybe, text } from '../kit.ts'
import type { Settings } from './settings.ts'

/** Checks the token and registers the webhook. */
export async function setup(webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  const headers = { authorization: `Bearer ${io.settings.token}` }
  const url = `${io.settings.baseUrl.replace(/\/+$/, '')}/webhook`
  try {
    const answer = await io.http({ method: 'PUT', url, headers, json: { url: webhookUrl } })
    if (answer.status === 200) return { ok: true, account: text(maybe(answer.json).name) ?? 'Ok' }
    return { ok: false, why: answer.status === 401 ? 'auth' : 'unknown', detail: `HTTP ${answer.status}` }
  } catch (error) {
    if (error instanceof NotSent || error instanceof AnswerLost)
      return { ok: false, why: 'down', detail: error.message }
    throw error
  }
}
