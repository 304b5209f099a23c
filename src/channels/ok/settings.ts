import { z } from 'zod'

export const settings = z.strictObject({
  accessToken: z.string().trim().min(1).meta({
    title: 'Access key',
    description: 'Group settings, Messages, Work with API, Get access key. A new key puts the old one out of use.',
    secret: true,
  }),
  webhookSecret: z
    .string()
    .trim()
    .min(8)
    .max(100)
    .regex(/^[\w-]+$/, 'Only letters, digits, - and _')
    .meta({
      title: 'Secret of the webhook',
      description:
        'Invent a long one. OK signs nothing: Parley adds it to the address that OK calls, nobody else knows it.',
      secret: true,
    }),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://api.ok.ru')
    .meta({ title: 'Address of the API', description: 'Change it only for a proxy or a simulator.' }),
})

export type Settings = z.infer<typeof settings>
