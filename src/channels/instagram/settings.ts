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
  appId: z.string().regex(/^\d*$/, 'Digits only.').optional().meta({
    title: 'App ID',
    description: 'For signing in: the Instagram app ID; through a Facebook page the ID of the Meta app.',
  }),
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

interface Call {
  method: 'GET' | 'POST' | 'DELETE'
  /** A node or an edge, like `me/messages`. */
  path: string
  json?: object
  form?: FormData
}

export const baseUrl = (s: Settings): string => s.baseUrl.replace(/\/+$/, '')

/** One call to the Graph API. */
export const graph = (io: Io<Settings>, { path, ...call }: Call) =>
  io.http({
    ...call,
    url: graphUrl(io.settings, path),
    headers: { authorization: `Bearer ${io.settings.accessToken}` },
    ...(call.form && { timeoutMs: 120_000 }),
  })
