import type { Address, ExternalId } from '../contract.ts'
import { address, externalId } from '../kit.ts'

// A conversation is a peer (a person, or a group chat from 2000000000 on), or one person's comments under one post.

/** Messages are counted within a peer; the number is what replies, reactions and reads name. */
export const messageId = (peer: string, number: string): ExternalId => externalId(`${peer}:${number}`)

export const commentAddress = (owner: string, post: string, person: string): Address =>
  address(`wall${owner}_${post}:${person}`)

export const commentId = (owner: string, post: string, comment: string): ExternalId =>
  externalId(`wall${owner}_${post}_${comment}`)

export interface Post {
  owner: string
  post: string
  person: string
}

export function postOf(place: Address): Post | undefined {
  const [, owner, post, person] = /^wall(-?\d+)_(\d+):(-?\d+)$/.exec(place) ?? []
  return owner && post && person ? { owner, post, person } : undefined
}

export const commentOf = (id: ExternalId | undefined): string | undefined => /^wall-?\d+_\d+_(\d+)$/.exec(id ?? '')?.[1]

/** The number of a message within its peer, unless the id is of another peer or of something else. */
export const numberOf = (id: ExternalId | undefined, peer: string): string | undefined =>
  id?.startsWith(`${peer}:`) ? /^-?\d+:(\d+)$/.exec(id)?.[1] : undefined

/** The number of a group chat; it has at most nine digits (the schema: 100000000), so that large ids are people. */
export function chatOf(peer: string): number | undefined {
  const number = Number(peer) - 2_000_000_000
  return number > 0 && number <= 100_000_000 ? number : undefined
}
