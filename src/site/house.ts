import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RawRequest } from '../channels/contract.ts'
import { type Settings, settings as schema } from '../channels/site/settings.ts'
import type { Allowance, Limits } from './limits.ts'
import { allowOrigin } from './origins.ts'
import { Refused } from './problem.ts'
import type { ScreenDeps, Screens } from './screens.ts'
import { type SiteChannel, type Visitor, visitorOf } from './visitors.ts'

/** What the website chat needs from the rest of Parley. */
export interface SiteDeps extends ScreenDeps {
  /** The door of every messenger: verifies, stores the raw request durably, answers 200. */
  accept(channelId: string, request: RawRequest): Promise<{ status: number; body?: string; contentType?: string }>
  /** A connected channel, or undefined. `settings` as they are stored, secrets readable. */
  channelOf(id: string): Promise<{ workspaceId: string; settings: unknown; name: string } | undefined>
  /** Stores a file and says what it is by its content. */
  storeMedia(workspaceId: string, file: { bytes: Uint8Array; mime?: string; name: string }): Promise<StoredMedia>
  mediaOf(workspaceId: string, mediaId: string): Promise<{ bytes: Uint8Array; mime: string; name: string } | undefined>
  /** For load tests and replays from one address. */
  allowances?: Partial<Allowances>
}

export interface StoredMedia {
  media: string
  url: string
  mime: string
  bytes: number
  type: 'image' | 'video' | 'audio' | 'voice' | 'file' | 'sticker'
  name?: string
  width?: number
  height?: number
}

/** How much one visitor or one network address may do. */
export interface Allowances {
  sessions: Allowance
  events: Allowance
  files: Allowance
  reads: Allowance
  address: Allowance
}

export const allowances: Allowances = {
  sessions: { burst: 30, perMinute: 30 },
  events: { burst: 40, perMinute: 120 },
  files: { burst: 12, perMinute: 20 },
  reads: { burst: 60, perMinute: 120 },
  // Whole offices and mobile networks share one address.
  address: { burst: 600, perMinute: 1800 },
}

export interface House extends SiteDeps {
  limits: Limits
  screens: Screens
  allowed: Allowances
}

export type Channel = SiteChannel & { settings: Settings; name: string }

/** The channel a request is for; its origin and its network address's allowance are checked on the way. */
export async function channelFor(house: House, request: FastifyRequest, reply: FastifyReply): Promise<Channel> {
  const channel = await findChannel(house, (request.params as { channelId?: string }).channelId ?? '')
  allowOrigin(request, reply, channel.settings.origins)
  house.limits.spend(`address ${request.ip}`, house.allowed.address)
  return channel
}

/** @throws Refused 404 when there is no website chat of this id. */
export async function findChannel(house: House, id: string): Promise<Channel> {
  const found = /^\d{1,18}$/.test(id) ? await house.channelOf(id) : undefined
  const settings = found && schema.safeParse(found.settings)
  // A secret made up by the schema's default at this moment would be another one the next time.
  const stored = (found?.settings as { secret?: unknown } | undefined)?.secret
  if (!found || !settings?.success || !stored) throw new Refused(404, 'There is no website chat of this number.')
  return { id, workspaceId: found.workspaceId, name: found.name, settings: settings.data }
}

/** @throws Refused 401 when the token opens nothing: the widget then begins a new session. */
export async function visitorFor(house: House, channel: Channel, token: string | undefined): Promise<Visitor> {
  const visitor = token ? await visitorOf(house.db, channel, token) : undefined
  if (!visitor) throw new Refused(401, 'The session has ended. Begin a new one.')
  return visitor
}

/** The visitor of an HTTP request, spending from one of the allowances. */
export async function caller(
  house: House,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<{ channel: Channel; visitor: Visitor; token: string; spend(what: keyof Allowances): void }> {
  const channel = await channelFor(house, request, reply)
  const token = bearer(request)
  const visitor = await visitorFor(house, channel, token)
  const spend = (what: keyof Allowances) =>
    house.limits.spend(`${what} ${channel.id} ${visitor.address}`, house.allowed[what])
  return { channel, visitor, token: token!, spend }
}

export const bearer = (request: FastifyRequest): string | undefined =>
  /^Bearer ([\w-]{10,100})$/.exec(request.headers.authorization ?? '')?.[1]

/** The JSON of a body that arrived as bytes. */
export function jsonOf(request: FastifyRequest): unknown {
  try {
    return JSON.parse(String(request.body ?? '') || '{}')
  } catch {
    throw new Refused(400, 'The body is no JSON.')
  }
}
