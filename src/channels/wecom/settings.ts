import { z } from 'zod'

const secret = z.string().trim().min(1)

export const settings = z.strictObject({
  corpId: z
    .string()
    .trim()
    .regex(/^w[a-zA-Z0-9]{8,40}$/)
    .meta({ title: 'Corp ID', description: 'Begins with "ww": work.weixin.qq.com, My company, at the bottom.' }),
  secret: secret.meta({
    title: 'Secret',
    description: 'Of your own app that may call the customer service: App management, your app.',
    secret: true,
  }),
  token: secret.max(32).meta({
    title: 'Token',
    description: 'Of the callback: Customer service, API, Receive messages.',
    secret: true,
  }),
  encodingAesKey: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9]{43}$/)
    .meta({ title: 'EncodingAESKey', description: 'The 43 characters beside the Token.', secret: true }),
  openKfId: z
    .string()
    .trim()
    .regex(/^wk[\w-]{4,80}$/)
    .meta({ title: 'Customer service account', description: 'Its open_kfid, beginning with "wk".' }),
  welcome: z.string().trim().max(500).optional().meta({
    title: 'Welcome',
    description: 'Sent when a customer opens the chat for the first time in 48 hours. Empty: nothing is sent.',
  }),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://qyapi.weixin.qq.com')
    .meta({ title: 'Address of the API', description: 'Change it only for a proxy or a simulator.' }),
})

export type Settings = z.infer<typeof settings>
