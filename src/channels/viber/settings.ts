import { z } from 'zod'

export const settings = z.strictObject({
  token: z.string().trim().min(1).meta({
    title: 'Token',
    description: 'The key of the bot: partner.viber.com, your bot, Edit info. Viber signs its webhooks with it too.',
    secret: true,
  }),
  senderName: z.string().trim().max(28).optional().meta({
    title: 'Sender name',
    description: 'Shown above each message instead of the name of the bot. At most 28 characters.',
  }),
  senderAvatar: z
    .url({ protocol: /^https$/ })
    .optional()
    .meta({
      title: 'Sender picture',
      description: 'Address of a picture of 720 x 720 pixels and at most 100 kB. Used together with the sender name.',
    }),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://chatapi.viber.com')
    .meta({ title: 'Address of the API', description: 'Change it only for a proxy or a simulator.' }),
})

export type Settings = z.infer<typeof settings>
