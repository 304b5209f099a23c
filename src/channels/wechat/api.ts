import { calling } from '../tencent/call.ts'
import { refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

/**
 * One call to the API. Not the older `GET /cgi-bin/token`: each call of that makes the token before worthless, also for
 * another system that uses the same account.
 */
export const call = calling<Settings>({
  name: 'WeChat',
  asked: ({ appId: appid, appSecret: secret }) => ({
    method: 'POST',
    url: '/cgi-bin/stable_token',
    json: { grant_type: 'client_credential', appid, secret, force_refresh: false },
  }),
  refusal,
})
