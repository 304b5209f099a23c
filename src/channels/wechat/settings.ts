import { z } from 'zod'
import { menuSettingOrLines } from '../menu.ts'

const secret = z.string().trim().min(1)

export const settings = z.strictObject({
  appId: z
    .string()
    .trim()
    .regex(/^wx[0-9a-zA-Z]{8,30}$/)
    .meta({ title: 'AppID', description: 'Begins with "wx": mp.weixin.qq.com, Settings and development, Basic.' }),
  appSecret: secret.meta({
    title: 'AppSecret',
    description:
      'On the same page. WeChat shows it once; put the address of this server on the IP whitelist there too.',
    secret: true,
  }),
  token: secret.max(32).meta({
    title: 'Token',
    description:
      'Your own word of 3 to 32 letters and digits, the same here and in the server configuration at WeChat.',
    secret: true,
  }),
  encodingAesKey: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9]{43}$/)
    .optional()
    .meta({
      title: 'EncodingAESKey',
      description:
        'The 43 characters of the server configuration, with the message mode "Safe". Without it WeChat sends messages that anybody on the way could change.',
      secret: true,
    }),
  menu: menuSettingOrLines(
    { shape: 'tabs', most: 3, label: 16, says: 128, opens: true },
    { title: 'Menu', description: 'Up to three tabs below every chat.' },
  ),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://api.weixin.qq.com')
    .meta({ title: 'Address of the API', description: 'Change it only for a proxy or a simulator.' }),
})

export type Settings = z.infer<typeof settings>
