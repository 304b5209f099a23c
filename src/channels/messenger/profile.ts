import type { Address, Io, Profile } from '../contract.ts'
import { maybe, present, text } from '../kit.ts'
import { isComment } from '../meta/chat/comments.ts'
import { graph, type Settings } from './settings.ts'

/** Name and picture; language and time zone would need permissions of their own. Commenters' names come with comments. */
export async function profile(of: Address, io: Io<Settings>): Promise<Profile | null> {
  if (isComment(of)) return null
  const path = `${encodeURIComponent(of)}?fields=first_name,last_name,profile_pic`
  const answer = await graph(io, { method: 'GET', path })
  if (answer.status >= 300) return null
  const { first_name, last_name, profile_pic } = maybe(answer.json)
  const name = [text(first_name), text(last_name)].filter(Boolean).join(' ')
  return present({ name, avatarUrl: text(profile_pic) })
}
