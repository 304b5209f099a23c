import { z } from 'zod'

const secret = (title: string, description: string) =>
  z.string().trim().min(1).meta({ title, description, secret: true })

export const settings = z.strictObject({
  phoneNumberId: z
    .string()
    .regex(/^\d+$/, 'Digits only: the ID of the number, not the number itself.')
    .meta({ title: 'Phone number ID', description: 'WhatsApp, API Setup, below the number. Not the phone number.' }),
  businessAccountId: z.string().regex(/^\d*$/, 'Digits only.').optional().meta({
    title: 'WhatsApp Business Account ID',
    description: 'For templates, and so that Parley can register its webhook itself.',
  }),
  accessToken: secret('Access token', 'Of a system user, with whatsapp_business_messaging and _management.'),
  appSecret: secret('App secret', 'App settings, Basic. Signs every webhook.'),
  verifyToken: secret('Verify token', 'Any words of yours: Meta repeats them when the webhook is registered.'),
  apiVersion: z
    .string()
    .regex(/^v\d+\.\d+$/, 'Like v24.0')
    .default('v24.0')
    .meta({ title: 'Graph API version', description: 'Like v24.0.' }),
  baseUrl: z
    .url()
    .default('https://graph.facebook.com')
    .meta({ title: 'API address', description: 'Change only for a simulator or a proxy.' }),
})

export type Settings = z.infer<typeof settings>

export const bearer = (s: Settings): Record<string, string> => ({ authorization: `Bearer ${s.accessToken}` })
