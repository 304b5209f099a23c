import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Io } from '../contract.ts'
import { menuSetting } from '../menu.ts'
import { graphUrl } from '../meta/graph.ts'

const secret = (title: string, description: string) =>
  z.string().trim().min(1).meta({ title, description, secret: true })

export const settings = z.strictObject({
  accountId: z.string().regex(/^\d+$/, 'Digits only: the ID of the account, not its name.').meta({
    title: 'Instagram account ID',
    description: 'Instagram, API setup, below the account. Begins with 17841.',
  }),
  accessToken: secret('Access token', 'Instagram, API setup, "Generate token". Parley renews it before it expires.'),
  appSecret: secret('Instagram app secret', 'Instagram, API setup, at the top. Not the app secret of the Meta app.'),
  verifyToken: secret('Verify token', 'Any words of yours: Meta repeats them when the webhook is registered.'),
  iceBreakers: menuSetting(
    { shape: 'questions', most: 4, label: 80, says: 1000 },
    { title: 'Ice breakers', description: 'Questions that a new customer may tap instead of writing.' },
  ),
  apiVersion: z
    .string()
    .regex(/^v\d+\.\d+$/, 'Like v26.0')
    .default('v26.0')
    .meta({ title: 'Graph API version', description: 'Like v26.0.' }),
  baseUrl: z.url().default('https://graph.instagram.com').meta({
    title: 'API address',
    description: 'https://graph.facebook.com when the account is connected through a Facebook page.',
  }),
})

export type Settings = z.infer<typeof settings>

export const byFacebook = (s: Settings): boolean => new URL(s.baseUrl).hostname === 'graph.facebook.com'

/** Renewed tokens are kept under the one they began with: a new one in the settings begins anew. */
export const tokenName = (s: Settings): string =>
  `access ${createHash('sha256').update(s.accessToken).digest('hex').slice(0, 16)}`

const fiftyDays = 50 * 86_400_000

/** The newest token. When nobody renewed it for too long, the one from the settings gets its chance. */
export const accessToken = (io: Io<Settings>): Promise<string> =>
  io.token(tokenName(io.settings), async () => ({
    value: io.settings.accessToken,
    expiresAt: new Date(io.now.getTime() + fiftyDays),
  }))

interface Call {
  method: 'GET' | 'POST' | 'DELETE'
  /** A node or an edge, like `me/messages`. */
  path: string
  json?: object
  form?: FormData
}

export const baseUrl = (s: Settings): string => s.baseUrl.replace(/\/+$/, '')

/** One call to the Graph API. */
export const graph = async (io: Io<Settings>, { path, ...call }: Call) =>
  io.http({
    ...call,
    url: graphUrl(io.settings, path),
    headers: { authorization: `Bearer ${await accessToken(io)}` },
    ...(call.form && { timeoutMs: 120_000 }),
  })
