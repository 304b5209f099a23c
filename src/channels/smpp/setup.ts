import { AnswerLost, type Io, NotSent, Refused, type SetupResult } from '../contract.ts'
import { sending } from './session.ts'
import type { Settings } from './settings.ts'

/** Binds, which is all the checking SMPP knows. There is no webhook: `listen` receives. */
export async function setup(_webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  try {
    await sending(io)
    return { ok: true, account: io.settings.systemId }
  } catch (error) {
    if (error instanceof Refused) return { ok: false, why: 'auth', detail: error.message }
    if (error instanceof NotSent || error instanceof AnswerLost)
      return { ok: false, why: 'down', detail: error.message }
    throw error
  }
}
