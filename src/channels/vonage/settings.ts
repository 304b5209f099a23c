import { z } from 'zod'

const methods = ['md5hash', 'md5', 'sha1', 'sha256', 'sha512'] as const

export const settings = z
  .strictObject({
    apiKey: z.string().trim().min(1).meta({
      title: 'API key',
      description: 'Eight letters and digits, from the dashboard: API settings.',
      secret: true,
    }),
    apiSecret: z.string().trim().min(1).meta({
      title: 'API secret',
      description: 'Beside the API key.',
      secret: true,
    }),
    signatureSecret: z.string().trim().min(1).meta({
      title: 'Signature secret',
      description: 'From the dashboard: API settings. Vonage signs its webhooks with it.',
      secret: true,
    }),
    applicationId: z.uuid().optional().meta({
      title: 'Application ID',
      description: 'The application that the number is linked to. With it Parley registers the webhooks by itself.',
    }),
    privateKey: z
      .string()
      .regex(/-----BEGIN (RSA )?PRIVATE KEY-----/, 'Paste the whole file, from BEGIN to END.')
      .optional()
      .meta({
        title: 'Private key',
        description: 'The private.key of the application, for sending. Without it the API key is used.',
        secret: true,
      }),
    from: z.string().trim().min(1).max(20).meta({
      title: 'Sender',
      description:
        'The Vonage number with country code, as 15550002222, or a name of at most 11 letters that nobody can answer.',
    }),
    signatureMethod: z.enum(methods).default('sha256').meta({
      title: 'Signature method',
      description: 'Only for the older SMS API, as chosen in the dashboard: API settings.',
    }),
    baseUrl: z
      .url({ protocol: /^https?$/ })
      .default('https://api.nexmo.com')
      .meta({ title: 'Address of the API', description: 'Change it for a region, a proxy or a simulator.' }),
  })
  .refine(s => !s.privateKey || s.applicationId, {
    message: 'A private key belongs to an application.',
    path: ['applicationId'],
  })

export type Settings = z.infer<typeof settings>
export type SignatureMethod = Settings['signatureMethod']
