import { type Json, text } from '../../src/channels/kit.ts'
import { logoUrl } from '../faces.ts'
import type { World } from '../world.ts'
import { communityOf, confirmationOf, groupOf, newKey, type Server } from './account.ts'
import { needed, Wrong } from './answer.ts'
import type { Method } from './api.ts'

/** The methods of a community about itself: who it is and where its events go. */
export const groups: Record<string, Method> = {
  'groups.getById': (_params, world) => ({ groups: [groupObject(world)], profiles: [] }),
  'groups.getCallbackConfirmationCode': own((_params, world) => ({ code: confirmationOf(world) })),
  'groups.getCallbackServers': own((_params, world) => {
    const items = communityOf(world).servers.map(shown)
    return { count: items.length, items }
  }),
  'groups.addCallbackServer': own(addServer),
  'groups.editCallbackServer': own(editServer),
  'groups.deleteCallbackServer': own((params, world) => {
    const community = communityOf(world)
    const gone = serverOf(params, world)
    community.servers = community.servers.filter(server => server !== gone)
    if (world.webhookUrl === gone.url) world.webhookUrl = undefined
    return 1
  }),
  'groups.setCallbackSettings': own((params, world) => {
    serverOf(params, world).events = ticked(params)
    return 1
  }),
  'groups.setLongPollSettings': own((params, world) => {
    const { longPoll } = communityOf(world)
    if (params.enabled !== undefined) longPoll.enabled = params.enabled === '1'
    longPoll.events = ticked(params)
    return 1
  }),
  'groups.getLongPollServer': own(longPollServer),
}

function groupObject(world: World) {
  const { id, name } = world.account
  const screen_name = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  return { id: Number(id), name, screen_name, is_closed: 0, type: 'group', photo_200: logoUrl(world) }
}

/** A token of a community opens that community only. */
function own(method: Method): Method {
  return (params, world) => {
    if (Number(needed(params, 'group_id')) !== groupOf(world)) throw new Wrong(100, 'group_id is invalid')
    return method(params, world)
  }
}

const ticked = (params: Json): Set<string> =>
  new Set(Object.entries(params).flatMap(([name, value]) => (value === '1' && name !== 'enabled' ? [name] : [])))

const shown = ({ id, title, url, secret, status }: Server) => ({
  id: Number(id),
  title,
  creator_id: 7,
  url,
  secret_key: secret,
  status,
})

function serverOf(params: Json, world: World): Server {
  const id = needed(params, 'server_id')
  const found = communityOf(world).servers.find(server => server.id === id)
  if (!found) throw new Wrong(104)
  return found
}

async function addServer(params: Json, world: World): Promise<unknown> {
  const { servers } = communityOf(world)
  if (servers.length >= 10) throw new Wrong(2000)
  const server: Server = { id: String(servers.length + 1), ...(await checked(params, world)), events: undefined }
  servers.push(server)
  return { server_id: Number(server.id) }
}

async function editServer(params: Json, world: World): Promise<unknown> {
  Object.assign(serverOf(params, world), await checked(params, world))
  return 1
}

/** VK asks the server for the code at once. A sandbox has one server that works, the last. */
async function checked(params: Json, world: World) {
  const [url, title] = [needed(params, 'url'), needed(params, 'title')]
  const secret = text(params.secret_key) ?? ''
  if (title.length > 14) throw new Wrong(100, 'title should be no longer than 14 letters')
  if (secret.length > 50) throw new Wrong(100, 'secret_key should be no longer than 50 letters')
  if (!/^https?:\/\//.test(url)) throw new Wrong(100, 'url is invalid')
  const confirmed = await confirms(url, secret, world)
  if (confirmed) world.webhookUrl = url
  return { url, title, secret, status: confirmed ? ('ok' as const) : ('failed' as const) }
}

async function confirms(url: string, secret: string, world: World): Promise<boolean> {
  const body = JSON.stringify({ type: 'confirmation', group_id: groupOf(world), ...(secret && { secret }) })
  const headers = { 'content-type': 'application/json' }
  try {
    const signal = AbortSignal.timeout(10_000)
    const answer = await fetch(world.reach(url), { method: 'POST', headers, body, signal })
    return (await answer.text()) === confirmationOf(world)
  } catch {
    return false
  }
}

function longPollServer(_params: Json, world: World) {
  const { longPoll } = communityOf(world)
  if (!longPoll.enabled) throw new Wrong(100, 'longpoll for this group is not enabled')
  longPoll.key = newKey(world)
  const ts = String(longPoll.first + longPoll.updates.length)
  return { key: longPoll.key, server: `${world.baseUrl}/whp/${groupOf(world)}`, ts }
}
