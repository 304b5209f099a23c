import { createHash } from 'node:crypto'
import { z } from 'zod'

const secret = (title: string, description: string) =>
  z.string().trim().min(1).optional().meta({ title, description, secret: true })
const folder = (title: string, description: string) =>
  z.string().trim().min(1).max(200).optional().meta({ title, description })

export const settings = z.strictObject({
  address: z.email().meta({ title: 'Address', description: 'The mail address customers write to.' }),
  baseUrl: z.url({ protocol: /^imaps?$/ }).meta({
    title: 'IMAP server',
    description:
      'Where mail is read: imaps://imap.example.org, with :port when it is not 993. imap:// begins unencrypted and must offer STARTTLS.',
  }),
  smtpUrl: z.url({ protocol: /^smtps?$/ }).meta({
    title: 'SMTP server',
    description:
      'Where mail is sent: smtps://smtp.example.org (port 465), or smtp://smtp.example.org:587 with STARTTLS.',
  }),
  user: z
    .string()
    .trim()
    .min(1)
    .optional()
    .meta({ title: 'User name', description: 'For signing in, when it is not the address.' }),
  password: secret(
    'Password',
    'Of the mailbox; with Google, Yandex, Mail.ru and others an app password. Leave it out for OAuth2.',
  ),
  clientId: z
    .string()
    .trim()
    .min(1)
    .optional()
    .meta({ title: 'Client ID', description: 'OAuth2, for Google and Microsoft 365.' }),
  clientSecret: secret('Client secret', 'OAuth2: of the application you registered. Public clients have none.'),
  refreshToken: secret('Refresh token', 'OAuth2: given once, when the owner of the mailbox agrees.'),
  tokenUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      title: 'Token address',
      description:
        'OAuth2: https://oauth2.googleapis.com/token or https://login.microsoftonline.com/<tenant>/oauth2/v2.0/token.',
    }),
  tenant: z
    .string()
    .trim()
    .regex(/^[\w.-]+$/, 'Letters, digits, dots and dashes.')
    .optional()
    .meta({
      title: 'Directory (tenant)',
      description: 'Microsoft: the directory ID of your organisation, or "common" where the application is for all.',
    }),
  addresses: z.string().trim().optional().meta({
    title: 'Further addresses',
    description:
      'Other addresses of this mailbox, with commas between. An answer leaves from the one that was written to.',
  }),
  senderName: z
    .string()
    .trim()
    .max(100)
    .optional()
    .meta({ title: 'Sender name', description: 'Stands before the address.' }),
  subject: z
    .string()
    .trim()
    .max(200)
    .optional()
    .meta({ title: 'Subject', description: 'Of mails that begin a conversation.' }),
  signature: z.string().max(4000).optional().meta({ title: 'Signature', description: 'Stands below every mail.' }),
  mailbox: z.string().trim().min(1).default('INBOX').meta({ title: 'Folder', description: 'Where new mail arrives.' }),
  handledFolder: folder(
    'Folder of handled mail',
    'Mail is moved there once it is stored. Leave it out to keep mail where it is.',
  ),
  sentFolder: folder(
    'Folder of sent mail',
    'When somebody answers in another mail program, the answer is shown in the thread.',
  ),
  /** One, not none: what arrives between connecting and the first look belongs to the channel. */
  importDays: z
    .int()
    .min(0)
    .max(365)
    .default(1)
    .meta({ title: 'Days to import', description: 'How old mail may be that is read at the first connection.' }),
  plusAddressing: z.boolean().default(false).meta({
    title: 'Signed reply addresses',
    description:
      'Answers go to name+mark@domain, so that they find their conversation whoever writes them. The mail server must deliver such addresses.',
  }),
  signingSecret: z.string().trim().min(16).optional().meta({
    title: 'Signing secret',
    description:
      'Signs reply addresses and the ids of our mails. Without it the password is used, and a new password forgets old threads.',
    secret: true,
  }),
  ca: z.string().optional().meta({
    title: 'Certificate authority',
    description: 'PEM, for servers with a certificate of your own authority.',
  }),
})

export type Settings = z.infer<typeof settings>

/** All addresses of the mailbox in lower case, the chief one first. */
export const addressesOf = ({ address, addresses = '' }: Settings): string[] => [
  ...new Set([address, ...addresses.split(/[\s,;]+/)].filter(Boolean).map(one => one.toLowerCase())),
]

type Signing = Pick<Partial<Settings>, 'signingSecret' | 'password' | 'clientSecret' | 'refreshToken'> & {
  address: string
}

/** Marks a signing secret that is the key itself. */
const made = 'key:'

/**
 * A signing secret that outlives the password and the tokens: of a mailbox that has one, the key that its threads are
 * signed with; of a new one, one made of `chance`.
 */
export function keptKey(before: Partial<Settings>, chance: string): string {
  const { address, signingSecret, password, clientSecret, refreshToken } = before
  if (signingSecret) return signingSecret
  // A new mailbox has no address yet; its application's secret may serve others too.
  const signing = address ? { address, password, clientSecret, refreshToken } : { address: '', password: chance }
  return made + signingKey(signing)
}

/** What reply addresses and Message-IDs are signed with: never the password itself. */
export function signingKey({ signingSecret, password, clientSecret, refreshToken, address }: Signing): string {
  if (signingSecret?.startsWith(made)) return signingSecret.slice(made.length)
  const secret = signingSecret ?? password ?? clientSecret ?? refreshToken ?? ''
  return createHash('sha256').update(`parley mail ${address.toLowerCase()} ${secret}`).digest('hex')
}
