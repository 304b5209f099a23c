import { scopedId } from '../../sandbox/whatsapp/ids.ts'
import type { Person } from '../../sandbox/wire.ts'
import type { World } from '../../sandbox/world.ts'

/** Where answers to this person go, as Parley will know it. */
export const addressOf = (world: World, person: Person): string =>
  world.wire.kind === 'whatsapp' ? scopedId(world, person) : person.id

/** The words of a message or a bubble. */
export const textOf = ({ parts }: { parts: readonly { type: string }[] }): string =>
  parts.map(part => ('text' in part ? String(part.text) : '')).join('')
