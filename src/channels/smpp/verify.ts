import type { Verdict } from '../contract.ts'

/** Nothing comes over HTTP: `listen` hands in what the message centre sends. */
export const verify = (): Verdict => ({ verdict: 'reject', why: 'SMPP does not come over HTTP' })
