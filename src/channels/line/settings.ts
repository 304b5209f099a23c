import { z } from 'zod'
import { menuSetting } from '../menu.ts'

export const settings = z.strictObject({
  channelSecret: z.string().trim().min(1).meta({
    title: 'Channel secret',
    description:
      'LINE Developers console, your Messaging API channel, Basic settings. LINE signs its webhooks with it.',
    secret: true,
  }),
  channelAccessToken: z.string().trim().min(1).meta({
    title: 'Channel access token',
    description: 'The long-lived one: LINE Developers console, your channel, Messaging API, at the bottom: Issue.',
    secret: true,
  }),
  menu: menuSetting(
    { shape: 'picture', most: 6, label: 20, says: 300, opens: true, bar: 14 },
    { title: 'Rich menu', description: 'A picture with one to six places to tap, below every chat on a phone.' },
  ),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://api.line.me')
    .meta({ title: 'Address of the API', description: 'Change it only for a proxy or a simulator.' }),
})

export type Settings = z.infer<typeof settings>
