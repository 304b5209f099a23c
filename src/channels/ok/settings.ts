import { z } from 'zod'

export const settings = z.strictObject({
  token: z.string().min(1).meta({
    title: 'Token',
    description: 'Where to find it at the provider, in the words of its own screens.',
    secret: true,
  }),
  signingSecret: z.string().min(1).meta({
    title: 'Signing secret',
    description: 'What the provider signs its webhooks with.',
    secret: true,
  }),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://api.ok.example')
    .meta({ title: 'Address of the API', description: 'Change it only for a proxy or a simulator.' }),
})

export type Settings = z.infer<typeof settings>
