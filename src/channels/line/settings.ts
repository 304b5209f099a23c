import { z } from 'zod'

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
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://api.line.me')
    .meta({ title: 'Address of the API', description: 'Change it only for a proxy or a simulator.' }),
})

export type Settings = z.infer<typeof settings>
