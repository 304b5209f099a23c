import type { FailReason, HttpAnswer } from '../contract.ts'
import { type Refusal, refusalIn } from '../tencent/refusal.ts'

const reasons: Record<number, FailReason> = {
  [-1]: 'down', // busy
  40001: 'auth', // secret
  40013: 'auth', // corp
  40014: 'auth', // token
  41001: 'auth', // no token
  42001: 'auth', // token expired
  45009: 'rate',
  48002: 'auth', // the app may not call this
  60020: 'auth', // this server is not trusted
  95001: 'window-closed', // five answers, and nothing since
  95002: 'window-closed', // 48 hours
  95011: 'auth', // the customer service is run by WeCom itself
  95018: 'window-closed', // a person has the session, or it has ended
}

const advice: Record<number, string> = {
  40001: 'WeCom refuses the secret',
  40007: 'WeCom does not know the file any more',
  48002: 'The app may not call the customer service. Add it to the callable apps',
  60020: 'This server is not among the trusted addresses of the app',
  95001: 'Five messages were sent since the customer wrote. WeCom lets no more through until the customer writes again',
  95002: 'More than 48 hours have passed since the customer wrote',
  95011: 'The customer service is used in WeCom itself, not by the app',
  95018: 'A person in WeCom has this session, it has ended, or the company is not verified',
}

/** What WeCom refused and why, or null when it did what was asked. */
export const refusal = (answer: HttpAnswer): Refusal | null =>
  refusalIn(answer, { name: 'WeCom', reasons, advice, pauses: {} })
