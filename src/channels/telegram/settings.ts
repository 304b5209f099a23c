import { z } from 'zod'
import { menuSetting } from '../menu.ts'

/** What connects one bot. The token goes into the path of every call, so it may hold nothing that ends a path. */
export const settings = z.strictObject({
  token: z
    .string()
    .regex(/^[^\s/?#]+$/, 'Paste the whole token that @BotFather gave, without spaces.')
    .meta({
      title: 'Bot token',
      description: 'From @BotFather: /newbot or /mybots, then API Token. It looks like 123456789:AAE…',
      secret: true,
    }),
  webhookSecret: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,256}$/, 'Use 1 to 256 letters, digits, underscores or hyphens.')
    .meta({
      title: 'Webhook secret',
      description: 'Any word of your own. Telegram repeats it in every delivery, which proves that Telegram sent it.',
      secret: true,
    }),
  menu: menuSetting(
    { shape: 'commands', most: 100, label: 256, says: 33 },
    { title: 'Commands', description: 'Behind the Menu button of the chat: a command and what it is for.' },
  ),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://api.telegram.org')
    .meta({
      title: 'Bot API address',
      description: 'Change it only for your own Bot API server or for a simulator.',
    }),
})

export type Settings = z.infer<typeof settings>
