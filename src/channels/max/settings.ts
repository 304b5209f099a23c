import { z } from 'zod'

export const settings = z.strictObject({
  token: z.string().trim().min(1).meta({
    title: 'Token',
    description: 'business.max.ru, Chat bots, your bot, Integration, Get token.',
    secret: true,
  }),
  secret: z
    .string()
    .regex(/^[A-Za-z0-9_-]{5,256}$/)
    .meta({
      title: 'Webhook secret',
      description: 'Invent one: 5 to 256 letters, digits, hyphens and underscores. MAX sends it with every webhook.',
      secret: true,
    }),
  ca: z
    .string()
    .trim()
    .regex(/^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----$/)
    .optional()
    .meta({
      title: 'Certificate authority',
      description:
        'MAX has its certificate from the Russian Trusted Root CA, which computers elsewhere do not know. Paste that certificate (PEM) from gosuslugi.ru/crt.',
    }),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://platform-api2.max.ru')
    .meta({ title: 'Address of the API', description: 'Change it only for a proxy or a simulator.' }),
})

export type Settings = z.infer<typeof settings>
