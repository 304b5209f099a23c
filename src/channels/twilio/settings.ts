import { z } from 'zod'

export const settings = z
  .strictObject({
    accountSid: z
      .string()
      .trim()
      .regex(/^AC[0-9a-fA-F]{32}$/, 'It begins with AC and has 34 characters.')
      .meta({ title: 'Account SID', description: 'From the first page of the Twilio console.' }),
    authToken: z.string().trim().min(1).meta({
      title: 'Auth token',
      description:
        'Beside the account SID. Twilio signs its webhooks with it, also when an API key is used for sending.',
      secret: true,
    }),
    keySid: z
      .string()
      .trim()
      .regex(/^SK[0-9a-fA-F]{32}$/, 'It begins with SK and has 34 characters.')
      .optional()
      .meta({ title: 'API key SID', description: 'Optional: a key for sending, instead of the auth token.' }),
    keySecret: z.string().trim().min(1).optional().meta({
      title: 'API key secret',
      description: 'Shown once, when the key is made.',
      secret: true,
    }),
    from: z.string().trim().min(1).max(255).optional().meta({
      title: 'Sender',
      description:
        'The Twilio number, as +15550002222, a short code, or a name of at most 11 letters that nobody can answer.',
    }),
    messagingServiceSid: z
      .string()
      .trim()
      .regex(/^MG[0-9a-fA-F]{32}$/, 'It begins with MG and has 34 characters.')
      .optional()
      .meta({ title: 'Messaging service SID', description: 'Instead of a sender: Twilio chooses one of the service.' }),
    baseUrl: z
      .url({ protocol: /^https?$/ })
      .default('https://api.twilio.com')
      .meta({ title: 'Address of the API', description: 'Change it only for a proxy or a simulator.' }),
  })
  .refine(s => s.from || s.messagingServiceSid, { message: 'Give a sender or a messaging service.', path: ['from'] })
  .refine(s => !s.keySid === !s.keySecret, { message: 'An API key is a SID and a secret.', path: ['keySecret'] })

export type Settings = z.infer<typeof settings>
