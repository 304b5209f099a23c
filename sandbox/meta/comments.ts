import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Json, maybe, text } from '../../src/channels/kit.ts'
import type { Act, Person } from '../wire.ts'
import type { World } from '../world.ts'
import { answered, type GraphError, outOfWindow, parameter, refuse, unknownNode } from './errors.ts'
import { flavourOf } from './flavour.ts'
import { accountId, nodeId, username } from './ids.ts'
import { change } from './tell.ts'

interface Comment {
  id: string
  post: string
  /** Absent for what the account itself wrote. */
  person?: Person
  text: string
  parent?: string
  at: number
  answeredPrivately?: true
}

const comments = new WeakMap<World, Map<string, Comment>>()
const commentsOf = (world: World): Map<string, Comment> => {
  if (!comments.has(world)) comments.set(world, new Map())
  return comments.get(world)!
}

export const commenter = (world: World, id: string): Person | undefined => commentsOf(world).get(id)?.person

export function checkPrivateReply(world: World, id: string): GraphError | undefined {
  const comment = commentsOf(world).get(id)!
  if (comment.answeredPrivately) return answered
  return world.now().getTime() - comment.at > 7 * 86_400_000 ? outOfWindow(world) : undefined
}

export const markAnswered = (world: World, id: string): void => {
  commentsOf(world).get(id)!.answeredPrivately = true
}

export interface Commenting {
  /** The post's own number. */
  post: string
  text: string
  parent?: string
}

/** What is written on a phone stands below the newest post, or below what it answers. */
export const commentOn = (world: World, personId: string, { text: said, replyTo }: Act & { do: 'comment' }): string =>
  comment(world, personId, {
    post: (replyTo && commentsOf(world).get(replyTo)?.post) || newest,
    text: said,
    ...(replyTo && { parent: replyTo }),
  })

const newest = '5001'

/** The customer comments below a post. Answers the comment's id. */
export function comment(world: World, personId: string, { post, text: said, parent }: Commenting): string {
  const person = world.people.get(personId)!
  const id = flavourOf(world).object === 'page' ? `${post}_${nodeId(world)}` : nodeId(world)
  const at = world.now().getTime()
  const one: Comment = { id, post, person, text: said, at, ...(parent && { parent }) }
  commentsOf(world).set(id, one)
  const parts = [{ type: 'text' as const, text: said }]
  const quote = parent && { replyTo: parent }
  world.show({ id, person: person.id, from: 'customer', comment: true, parts, at, reactions: [], ...quote })
  tell(world, one, 'add')
  return id
}

/** The customer changes or removes a comment. Instagram tells of neither. */
export function changeComment(world: World, id: string, said: string | undefined): void {
  const one = commentsOf(world).get(id)!
  if (said === undefined) world.change(id, { deleted: true })
  else world.change(id, { edited: true, parts: [{ type: 'text', text: said }] })
  tell(world, { ...one, text: said ?? '' }, said === undefined ? 'remove' : 'edited')
}

function tell(world: World, one: Comment, verb: 'add' | 'edited' | 'remove'): void {
  const { commentField, object } = flavourOf(world)
  if (object === 'page') return change(world, commentField, ofFeed(world, one, verb))
  if (verb === 'add') change(world, commentField, ofMedia(world, one))
}

function ofFeed(world: World, one: Comment, verb: string): Json {
  const post_id = `${accountId(world)}_${one.post}`
  return {
    item: 'comment',
    verb,
    from: one.person
      ? { id: one.person.id, name: one.person.name }
      : { id: accountId(world), name: world.account.name },
    post_id,
    comment_id: one.id,
    parent_id: one.parent ?? post_id,
    created_time: Math.floor(one.at / 1000),
    ...(verb !== 'remove' && { message: one.text }),
    post: { status_type: 'added_photos', is_published: true, permalink_url: `https://www.facebook.com/${one.post}` },
  }
}

const ofMedia = (world: World, one: Comment): Json => ({
  id: one.id,
  text: one.text,
  from: one.person
    ? { id: one.person.id, username: one.person.username ?? one.person.name.toLowerCase() }
    : { id: accountId(world), username: username(world) },
  media: { id: one.post, media_product_type: 'FEED' },
  ...(one.parent && { parent_id: one.parent }),
})

type Param = Record<string, string>

/** `POST /<comment>/comments` or `/replies`: the business answers for all to read. */
export function answer(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { node = '' } = request.params as Param
  const parent = commentsOf(world).get(node)
  if (!parent) return refuse(reply, world, unknownNode('post', node))
  const body = { ...(request.query as Param), ...maybe(request.body) }
  const said = text(body.message) ?? ''
  if (!said && !body.attachment_url) return refuse(reply, world, parameter('The parameter message is required.'))
  const at = world.now().getTime()
  const own: Comment = { id: `${node.split('_')[0]}_${nodeId(world)}`, post: parent.post, text: said, parent: node, at }
  if (flavourOf(world).object === 'instagram') own.id = nodeId(world)
  commentsOf(world).set(own.id, own)
  const picture = text(body.attachment_url)
  const parts = [
    ...(said ? [{ type: 'text' as const, text: said }] : []),
    ...(picture ? [{ type: 'image' as const, url: picture }] : []),
  ]
  if (parent.person)
    world.show({
      id: own.id,
      person: parent.person.id,
      from: 'business',
      comment: true,
      parts,
      at,
      reactions: [],
      ticks: 'sent',
      replyTo: node,
    })
  tell(world, own, 'add')
  return reply.send({ id: own.id })
}

/** `POST` and `DELETE /<comment>/likes`. */
export function like(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { node = '' } = request.params as Param
  if (!commentsOf(world).has(node)) return refuse(reply, world, unknownNode(request.method, node))
  world.change(node, { reactions: request.method === 'POST' ? [{ emoji: '👍', from: 'business' }] : [] })
  return reply.send({ success: true })
}
