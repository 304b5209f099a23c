import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Json, list, maybe, records, text } from '../../src/channels/kit.ts'
import type { PhoneEntry, PhoneMenu } from '../wire.ts'
import { setProfile, type World } from '../world.ts'
import { type GraphError, parameter, refuse } from './errors.ts'
import { flavourOf } from './flavour.ts'

const known: Record<'page' | 'instagram', readonly string[]> = {
  page: [
    'get_started',
    'greeting',
    'ice_breakers',
    'persistent_menu',
    'commands',
    'whitelisted_domains',
    'account_linking_url',
  ],
  instagram: ['ice_breakers', 'persistent_menu'],
}

/** `/me/messenger_profile`: the button of a new chat, greeting, menu, conversation starters. */
export function profile(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { profile: now } = world
  if (request.method === 'GET') return reply.send({ data: Object.keys(now).length ? [now] : [] })
  const { platform: _, fields, ...set } = maybe(request.body)
  const { object } = flavourOf(world)
  const gone = request.method === 'DELETE' ? list(fields).map(String) : []
  const wrong = request.method === 'POST' ? faultOf(set, now) : undefined
  const strange = [...gone, ...Object.keys(set)].find(
    field => field !== 'access_token' && !known[object].includes(field),
  )
  if (strange) return refuse(reply, world, parameter(`Invalid parameter: ${strange}`))
  if (wrong) return refuse(reply, world, wrong)
  if (gone.includes('get_started') && now.persistent_menu) return refuse(reply, world, needsStart)
  setProfile(world, request.method === 'POST' ? set : Object.fromEntries(gone.map(field => [field, undefined])))
  return reply.send({ result: 'success' })
}

const needsStart: GraphError = {
  ...parameter('You must set a Get Started button if you also wish to use persistent menu.'),
  subcode: 2018145,
}

const long = (value: unknown, max: number): boolean => !text(value) || [...text(value)!].length > max

function faultOf(set: Json, now: Json): GraphError | undefined {
  const menu = records(set.persistent_menu)
  if (menu.length && !set.get_started && !now.get_started) return needsStart
  const lines = menu.flatMap(one => records(one.call_to_actions))
  if (
    lines.length > 20 ||
    lines.some(line => long(line.title, 30) || !(line.type === 'web_url' ? line.url : line.payload))
  )
    return parameter('Invalid persistent menu')
  const questions = actions(set.ice_breakers)
  if (questions.length > 4 || questions.some(one => long(one.question, 80) || !one.payload))
    return parameter('Invalid ice breakers')
  return records(set.greeting).some(one => long(one.text, 160)) ? parameter('Invalid greeting') : undefined
}

/** Questions came without a language once, and still may. */
function actions(field: unknown): Json[] {
  const given = records(field)
  return given.some(one => one.question) ? given : records(given[0]?.call_to_actions)
}

/** The menu's lines, then the questions of an empty chat. */
export function menu({ profile: now }: World): PhoneMenu | undefined {
  const lines = actions(now.persistent_menu).map(
    (line): PhoneEntry => ({
      label: text(line.title) ?? '',
      ...(line.type === 'web_url' && { opens: text(line.url) ?? '' }),
    }),
  )
  const questions = actions(now.ice_breakers).map(
    (one): PhoneEntry => ({ label: text(one.question) ?? '', starter: true }),
  )
  const greeting = text(records(now.greeting)[0]?.text)
  const entries = [...lines, ...questions]
  return entries.length || greeting ? { shape: 'list', entries, ...(greeting && { greeting }) } : undefined
}

/** The title and payload of an entry. Throws where there is none, or it opens a page. */
export function tapped(entry: number, { profile: now }: World): { title: string; payload: string } {
  const found = [...actions(now.persistent_menu), ...actions(now.ice_breakers)][entry]
  const payload = text(found?.payload)
  if (!found || payload === undefined) throw new Error('the page has no such entry in its menu')
  return { title: text(found.title ?? found.question) ?? '', payload }
}
