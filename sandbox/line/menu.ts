import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import sharp from 'sharp'
import { type Json, maybe, number, records, text } from '../../src/channels/kit.ts'
import type { PhoneEntry, PhoneMenu } from '../wire.ts'
import { setProfile, type World } from '../world.ts'
import { refuse, refuseFields } from './api.ts'
import { checkAction, type Detail, length } from './check.ts'

/** Rich menus of the account, as they are kept in `World.profile`. */
interface Kept extends Json {
  richMenuId: string
  /** The file of its picture, once it is uploaded. */
  file?: string
}

const menusOf = (world: World): Kept[] => (world.profile.richMenus as Kept[] | undefined) ?? []
const shownOf = (world: World): Kept | undefined => menusOf(world).find(m => m.richMenuId === world.profile.shownToAll)

/** The menu that everybody sees. */
export function menu(world: World): PhoneMenu | undefined {
  const kept = shownOf(world)
  if (!kept?.file) return undefined
  const { width, height } = maybe(kept.size)
  return {
    shape: 'picture',
    title: text(kept.chatBarText) ?? '',
    open: kept.selected === true,
    picture: { file: kept.file, width: number(width)!, height: number(height)! },
    entries: records(kept.areas).map(entryOf),
  }
}

function entryOf({ bounds, action }: Json): PhoneEntry {
  const { label, text: said, data, uri } = maybe(action)
  const opens = text(uri)
  return {
    label: text(label ?? said ?? data ?? uri) ?? '',
    place: maybe(bounds) as unknown as NonNullable<PhoneEntry['place']>,
    ...(opens && { opens }),
  }
}

/** The action of a tapped place. Throws when there is no such place. */
export function tapped(entry: number, world: World): Json {
  const area = records(shownOf(world)?.areas)[entry]
  if (!area) throw new Error('line: the account has no such menu')
  return maybe(area.action)
}

/** Making, dressing, showing and taking away rich menus; LINE never changes one. */
export function routeMenus(app: FastifyInstance, world: World): void {
  app.addContentTypeParser(
    ['image/png', 'image/jpeg'],
    { parseAs: 'buffer', bodyLimit: 20_000_000 },
    (_q, body, done) => done(null, body),
  )
  app.post('/v2/bot/richmenu', (request, reply) => make(maybe(request.body), reply, world))
  app.post('/v2/bot/richmenu/validate', (request, reply) => {
    const wrong = faults(maybe(request.body))
    return wrong.length ? refuseFields(reply, wrong) : reply.send({})
  })
  app.get('/v2/bot/richmenu/list', async () => ({ richmenus: menusOf(world).map(told) }))
  app.get(
    '/v2/bot/richmenu/:id',
    ofOne(world, (kept, reply) => reply.send(told(kept))),
  )
  app.delete(
    '/v2/bot/richmenu/:id',
    ofOne(world, (kept, reply) => drop(kept, reply, world)),
  )
  app.post('/v2/bot/richmenu/:id/content', (request, reply) => dress(request, reply, world))
  app.get(
    '/v2/bot/richmenu/:id/content',
    ofOne(world, (kept, reply) => {
      const file = world.files.get(kept.file ?? '')
      return file ? reply.type(file.mime).send(Buffer.from(file.bytes)) : refuse(reply, 404, 'Not found')
    }),
  )
  app.get('/v2/bot/user/all/richmenu', (_request, reply) => {
    const kept = shownOf(world)
    return kept ? reply.send({ richMenuId: kept.richMenuId }) : refuse(reply, 404, 'no default richmenu')
  })
  app.delete('/v2/bot/user/all/richmenu', (_request, reply) => {
    setProfile(world, { shownToAll: undefined })
    return reply.send({})
  })
  app.post(
    '/v2/bot/user/all/richmenu/:id',
    ofOne(world, (kept, reply) => {
      if (!kept.file) return refuse(reply, 400, 'must upload richmenu image before applying it to user')
      setProfile(world, { shownToAll: kept.richMenuId })
      return reply.send({})
    }),
  )
}

const told = ({ file: _, ...request }: Kept): Json => request

const ofOne =
  (world: World, run: (kept: Kept, reply: FastifyReply) => FastifyReply) =>
  (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const kept = keptIn(request, world)
    return kept ? run(kept, reply) : refuse(reply, 404, 'richmenu not found')
  }

const keptIn = (request: FastifyRequest, world: World): Kept | undefined =>
  menusOf(world).find(m => m.richMenuId === (request.params as { id: string }).id)

/** An account has at most a thousand. */
function make(given: Json, reply: FastifyReply, world: World): FastifyReply {
  const wrong = faults(given)
  if (wrong.length) return refuseFields(reply, wrong)
  if (menusOf(world).length >= 1000) return refuse(reply, 400, 'The number of rich menus exceeds the limit')
  const richMenuId = `richmenu-${world.next().toString(16).padStart(32, '8')}`
  setProfile(world, { richMenus: [...menusOf(world), { ...given, richMenuId }] })
  return reply.send({ richMenuId })
}

function drop(kept: Kept, reply: FastifyReply, world: World): FastifyReply {
  world.files.delete(kept.file ?? '')
  setProfile(world, {
    richMenus: menusOf(world).filter(m => m !== kept),
    ...(world.profile.shownToAll === kept.richMenuId && { shownToAll: undefined }),
  })
  return reply.send({})
}

/** The picture comes once. It has the proportions of the menu, 800 to 2500 wide, at least 250 high, at most 1 MB. */
async function dress(request: FastifyRequest, reply: FastifyReply, world: World): Promise<FastifyReply> {
  const kept = keptIn(request, world)
  if (!kept) return refuse(reply, 404, 'richmenu not found')
  if (!Buffer.isBuffer(request.body)) return refuse(reply, 400, 'The image is missing or of another type')
  const bytes = request.body
  if (kept.file) return refuse(reply, 400, 'An image has already been uploaded to the richmenu')
  if (bytes.length > 1_000_000) return refuse(reply, 413, 'The image is larger than 1 MB')
  const { width = 0, height = 0 } = await sharp(bytes)
    .metadata()
    .catch(() => ({ width: 0, height: 0 }))
  const size = maybe(kept.size)
  if (width !== size.width || height !== size.height)
    return refuse(reply, 400, 'The image size is not the size of the richmenu')
  const file = `${kept.richMenuId}-image`
  world.files.set(file, { id: file, bytes, mime: request.headers['content-type']!, name: 'menu' })
  setProfile(world, { richMenus: menusOf(world).map(m => (m === kept ? { ...kept, file } : m)) })
  return reply.send({})
}

/** What is wrong with a rich menu, in LINE's way of saying it. */
function faults(given: Json): Detail[] {
  const { width, height } = maybe(given.size)
  const [wide, high] = [number(width) ?? 0, number(height) ?? 0]
  const areas = records(given.areas)
  return [
    ...(wide < 800 || wide > 2500 ? [{ message: 'must be between 800 and 2500', property: 'size.width' }] : []),
    ...(high < 250 || wide / high < 1.45 ? [{ message: 'invalid aspect ratio', property: 'size.height' }] : []),
    ...(typeof given.selected === 'boolean' ? [] : [{ message: 'May not be empty', property: 'selected' }]),
    ...length(given.name, 300, 'name'),
    ...length(given.chatBarText, 14, 'chatBarText'),
    ...(areas.length > 20 ? [{ message: 'Size must be between 0 and 20', property: 'areas' }] : []),
    ...areas.flatMap((area, i) => areaFaults(area, `areas[${i}]`, [wide, high])),
  ]
}

function areaFaults({ bounds, action }: Json, at: string, [wide, high]: [number, number]): Detail[] {
  const { x, y, width, height } = maybe(bounds)
  const sizes = [x, y, width, height]
  const right = sizes.every(n => Number.isInteger(n) && Number(n) >= 0)
  const within = right && Number(x) + Number(width) <= wide && Number(y) + Number(height) <= high
  const { label } = maybe(action)
  return [
    ...(within ? [] : [{ message: 'must be inside of the menu', property: `${at}.bounds` }]),
    ...(label === undefined ? [] : length(label, 20, `${at}.action.label`)),
    ...checkAction(maybe(action), `${at}.action`),
  ]
}
