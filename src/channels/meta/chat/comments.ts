import type { Capabilities, Place } from '../../../domain/capabilities.ts'
import type { Address } from '../../contract.ts'
import { address, type Json, text } from '../../kit.ts'

const prefix = 'comment:'

/** Whether an address is of a conversation below a post rather than of a chat. */
export const isComment = (of: Address): boolean => of.startsWith(prefix)

/** Below the posts of a page or an account. */
export const below = (can: Capabilities): readonly Place[] => [{ name: 'comment', addresses: [prefix], can }]

/** One conversation for each person and post. */
export const commenter = (post: string, author: Json): Address =>
  address(`${prefix}${post}_${text(author.id) ?? 'unknown'}`)
