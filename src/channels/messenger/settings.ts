import { z } from 'zod'
import type { Io } from '../contract.ts'
import { menuSetting } from '../menu.ts'
import { graphUrl } from '../meta/graph.ts'

const secret = (title: string, description: string) =>
  z.string().trim().min(1).meta({ title, description, secret: true })

export const settings = z.strictObject({
  pageId: z
    .string()
    .regex(/^\d+$/, 'Digits only: the ID of the page, not its name.')
    .meta({ title: 'Page ID', description: 'The page, About, Page transparency.' }),
  pageAccessToken: secret('Page access token', 'Messenger, API Setup, "Generate token" beside the page.'),
  appSecret: secret('App secret', 'App settings, Basic. Signs every webhook.'),
  verifyToken: secret('Verify token', 'Any words of yours: Meta repeats them when the webhook is registered.'),
  appId: z.string().regex(/^\d*$/, 'Digits only.').optional().meta({
    title: 'App ID',
    description: 'So that Parley registers its webhook itself and sees when the token ends.',
  }),
  greeting: z.string().trim().max(160, 'At most 160 characters.').optional().meta({
    title: 'Greeting',
    description: 'Read before the first message, at most 160 characters.',
  }),
  menu: menuSetting(
    { shape: 'list', most: 20, label: 30, says: 1000, opens: true },
    { title: 'Persistent menu', description: 'Behind the menu button of every chat. Three entries are seen at once.' },
  ),
  iceBreakers: menuSetting(
    { shape: 'questions', most: 4, label: 80, says: 1000 },
    { title: 'Ice breakers', description: 'Questions that a new customer may tap instead of writing.' },
  ),
  apiVersion: z
    .string()
    .regex(/^v\d+\.\d+$/, 'Like v26.0')
    .default('v26.0')
    .meta({ title: 'Graph API version', description: 'Like v26.0.' }),
  baseUrl: z
    .url()
    .default('https://graph.facebook.com')
    .meta({ title: 'API address', description: 'Change only for a simulator or a proxy.' }),
})

export type Settings = z.infer<typeof settings>

interface Call {
  method: 'GET' | 'POST' | 'DELETE'
  /** A node or an edge, like `123/messages`. */
  path: string
  json?: object
  form?: FormData
  /** Instead of the page's. */
  token?: string
}

/** One call to the Graph API. */
export const graph = ({ settings: s, http }: Io<Settings>, { path, token, ...call }: Call) =>
  http({
    ...call,
    url: graphUrl(s, path),
    headers: { authorization: `Bearer ${token ?? s.pageAccessToken}` },
    ...(call.form && { timeoutMs: 120_000 }),
  })
