import type { Verdict } from '../contract.ts'

/** Mail is fetched by `listen`. Nobody has reason to bring it over HTTP. */
export const verify = (): Verdict => ({ verdict: 'reject', why: 'mail is fetched by IMAP, not sent to a webhook' })
