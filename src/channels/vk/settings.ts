import { z } from 'zod'

export const settings = z.strictObject({
  groupId: z
    .string()
    .trim()
    .regex(/^[1-9]\d{0,19}$/, 'The number alone, without "club" or "public"')
    .meta({
      title: 'Community ID',
      description: 'The number of the community: Manage, Settings, Callback API shows it as group_id.',
    }),
  accessToken: z.string().trim().min(1).meta({
    title: 'Access token',
    description:
      'Manage, Settings, API usage, Create token. Allow messages, manage, photos, documents and wall. It does not expire.',
    secret: true,
  }),
  secretKey: z
    .string()
    .trim()
    .min(1)
    .max(50)
    .regex(/^[A-Za-z0-9]+$/, 'Only letters and digits')
    .meta({
      title: 'Secret key',
      description:
        'Invent one of letters and digits, at most 50. VK writes it into every event; Parley tells it to VK.',
      secret: true,
    }),
  confirmationCode: z.string().trim().min(1).max(100).optional().meta({
    title: 'Confirmation code',
    description:
      'The string that the server should return: Manage, Settings, API usage, Callback API. Not needed for Long Poll.',
  }),
  receive: z.enum(['callback', 'longpoll']).default('callback').meta({
    title: 'How events arrive',
    description:
      'callback: VK calls Parley. longpoll: Parley asks VK, for servers that cannot be reached from outside.',
  }),
  apiVersion: z
    .string()
    .regex(/^\d+\.\d+$/)
    .default('5.199')
    .meta({
      title: 'Version of the API',
      description: 'The number of the latest version: change it only when VK retires this one.',
    }),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://api.vk.ru')
    .meta({ title: 'Address of the API', description: 'Change it only for a proxy or a simulator.' }),
})

export type Settings = z.infer<typeof settings>
