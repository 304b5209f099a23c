import { randomBytes } from 'node:crypto'
import { z } from 'zod'

const listed = (title: string, description: string) => z.string().max(2000).default('').meta({ title, description })

/** Nobody has to type anything to connect the website chat: every setting has a default. */
export const settings = z.strictObject({
  title: z.string().max(80).default('').meta({
    title: 'Heading',
    description: 'Above the chat. Empty: the name of the channel.',
  }),
  greeting: z.string().max(500).default('').meta({
    title: 'Greeting',
    description:
      'What a visitor reads before the first message. Empty: a short standard text in the visitor’s language.',
  }),
  answerTime: z.string().max(80).default('').meta({
    title: 'When you answer',
    description: 'Below the heading, in your own words: “Usually within 10 minutes, 9 to 18”.',
  }),
  color: z
    .string()
    .regex(/^(#[0-9a-f]{6})?$/i, 'Like #0b6b66.')
    .default('')
    .meta({ title: 'Colour', description: 'Of the button and of the visitor’s own words, like #0b6b66.' }),
  origins: listed(
    'Allowed sites',
    'Where the chat may be shown: https://shop.example, https://*.shop.example. Comma between. Empty: anywhere.',
  ),
  links: listed(
    'Other messengers',
    'Addresses a visitor may continue at: https://t.me/your_bot, https://wa.me/358401234567. Comma between.',
  ),
  identitySecret: z.string().min(16).optional().meta({
    title: 'Identity secret',
    description:
      'Your site signs its signed-in users with it (JWT HS256 or an HMAC of their id). At least 16 characters.',
    secret: true,
  }),
  secret: z
    .string()
    .min(16)
    .default(() => randomBytes(32).toString('hex'))
    .meta({
      title: 'Own secret',
      description: 'Made by itself. Signs what the chat hands to the inbox, and addresses of files.',
      secret: true,
      // JSON Schema would publish one made-up secret as the default of all channels.
      default: undefined,
    }),
  baseUrl: z.url().optional().meta({ title: 'Address', description: 'Not needed: the chat lives in Parley itself.' }),
})

export type Settings = z.infer<typeof settings>
