import { calling } from '../tencent/call.ts'
import { refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

/** One call to the API. WeCom gives the same token to everybody who asks until it ends. */
export const call = calling<Settings>({
  name: 'WeCom',
  asked: ({ corpId: corpid, secret: corpsecret }) => ({
    method: 'GET',
    url: `/cgi-bin/gettoken?${new URLSearchParams({ corpid, corpsecret })}`,
  }),
  refusal,
})
