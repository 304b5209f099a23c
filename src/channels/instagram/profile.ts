import type { Address, Io, Profile } from '../contract.ts'
import { maybe, present, text } from '../kit.ts'
import { isComment } from '../meta/chat/comments.ts'
import { graph, type Settings } from './settings.ts'

/** Only of people who wrote to the account. Commenters' names come with comments. */
export async function profile(of: Address, io: Io<Settings>): Promise<Profile | null> {
  if (isComment(of)) return null
  const answer = await graph(io, { method: 'GET', path: `${encodeURIComponent(of)}?fields=name,username,profile_pic` })
  if (answer.status >= 300) return null
  const { name, username, profile_pic } = maybe(answer.json)
  return present({ name: text(name) || text(username), avatarUrl: text(profile_pic) })
}
