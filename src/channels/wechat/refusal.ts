import type { FailReason, HttpAnswer } from '../contract.ts'
import { lean, type Refusal, refusalIn } from '../tencent/refusal.ts'

const reasons: Record<number, FailReason> = {
  [-1]: 'down', // busy
  40001: 'auth', // secret or token
  40013: 'auth', // AppID
  40014: 'auth', // token
  40125: 'auth', // secret
  40164: 'auth', // this server is not on the whitelist
  41001: 'auth', // no token
  42001: 'auth', // token expired
  43004: 'blocked', // no follower
  43019: 'blocked', // on the account's own blacklist
  43101: 'blocked', // has not asked for this notice
  43107: 'auth', // notices of this account are banned
  43108: 'rate', // two notices at once
  45009: 'rate', // quota of the day
  45011: 'rate', // quota of the minute
  45015: 'window-closed',
  45047: 'window-closed', // five answers, and nothing since
  48001: 'auth', // the account has no right to this
  48002: 'blocked', // has turned messages off
  50002: 'blocked', // a limited user
}

const advice: Record<number, string> = {
  40001: 'WeChat refuses the AppSecret or the token',
  40007: 'WeChat does not know the file any more',
  40125: 'WeChat refuses the AppSecret',
  40164: 'This server is not on the IP whitelist of the account',
  40200: 'This type of account may not send this kind of message',
  43004: 'The customer does not follow the account, or has left it',
  43019: 'The customer is on the blacklist of the account',
  43101: 'The customer has not asked for this notice',
  45009: 'The calls of this day are used up',
  45015: 'More than 48 hours have passed since the customer wrote, or the customer has left',
  45047:
    'Five messages were sent since the customer wrote. WeChat lets no more through until the customer writes again',
  48001: 'The account has no right to this. Only verified accounts may send',
  48002: 'The customer does not want messages of this account',
}

const pauses = { 43108: 5, 45009: 3600, 45011: 60 }

/** What WeChat refused and why, or null when it did what was asked. */
export function refusal(answer: HttpAnswer): Refusal | null {
  const refused = refusalIn(answer, { name: 'WeChat', reasons, advice, pauses })
  return refused && lean(refused)
}
