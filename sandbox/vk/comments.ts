import { type Json, text } from '../../src/channels/kit.ts'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'
import { groupOf, seconds, tell } from './account.ts'
import { needed, Wrong } from './answer.ts'

/** The post that everybody comments on. */
export const post = 28

const guids = new WeakMap<World, Map<string, number>>()
const idOf = (comment: number, world: World): string => `wall${-groupOf(world)}_${post}_${comment}`

/** A comment of a customer under the community's post; `answer` is the number of the comment it answers. */
export function commentOn(said: string, by: { person: Person; answer?: number }, world: World): number {
  const id = world.next()
  show({ id, said, person: by.person, from: 'customer', answer: by.answer }, world)
  tell('wall_reply_new', comment({ id, from_id: Number(by.person.id), said, answer: by.answer }, world), world)
  return id
}

/** The number of a comment within its post, from the id of its bubble. */
export const numberOf = (id: string): number => Number(id.split('_').at(-1))

export function editComment(id: string, said: string, world: World): void {
  const from_id = Number(world.bubble(id)!.person)
  world.change(id, { parts: [{ type: 'text', text: said }], edited: true })
  tell('wall_reply_edit', comment({ id: numberOf(id), from_id, said }, world), world)
}

export function createComment(params: Json, world: World): unknown {
  if (Number(needed(params, 'owner_id')) !== -groupOf(world)) throw new Wrong(212)
  if (Number(needed(params, 'post_id')) !== post) throw new Wrong(100, 'post_id is invalid')
  if (Number(needed(params, 'from_group')) !== groupOf(world)) throw new Wrong(100, 'from_group is invalid')
  const said = needed(params, 'message')
  const known = guids.get(world) ?? new Map<string, number>()
  guids.set(world, known)
  const guid = text(params.guid) ?? ''
  const same = guid ? known.get(guid) : undefined
  if (same) return { comment_id: same, parents_stack: [] }
  const id = world.next()
  if (guid) known.set(guid, id)
  const answer = Number(params.reply_to_comment) || undefined
  const answered = answer && world.bubble(idOf(answer, world))
  if (answer && !answered) throw new Wrong(100, 'reply_to_comment is invalid')
  if (answered) show({ id, said, person: world.people.get(answered.person)!, from: 'business', answer }, world)
  tell('wall_reply_new', comment({ id, from_id: -groupOf(world), said, answer }, world), world)
  return { comment_id: id, parents_stack: answer ? [answer] : [] }
}

interface Shown {
  id: number
  said: string
  person: Person
  from: 'customer' | 'business'
  /** The number of the comment it answers. */
  answer?: number | undefined
}

const show = ({ id, said, person, from, answer }: Shown, world: World): void =>
  world.show({
    id: idOf(id, world),
    person: person.id,
    from,
    parts: [{ type: 'text', text: said }],
    at: world.now().getTime(),
    reactions: [],
    comment: true,
    ...(answer && { replyTo: idOf(answer, world) }),
  })

function comment(of: { id: number; from_id: number; said: string; answer?: number | undefined }, world: World): Json {
  const { id, from_id, said, answer } = of
  const where = { post_id: post, owner_id: -groupOf(world), post_owner_id: -groupOf(world) }
  const under = answer ? { parents_stack: [answer], reply_to_comment: answer } : { parents_stack: [] }
  return { id, from_id, date: seconds(world), text: said, ...where, ...under }
}
