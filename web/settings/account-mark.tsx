import type { Channel } from '../../src/api/shapes.ts'
import { Mark } from '../parts/icon.tsx'
import { Avatar } from '../parts/person.tsx'

/** The account's own picture with the messenger's mark on it, or the mark alone. */
export function AccountMark({ channel: { kind, name, pictureUrl } }: { channel: Channel }) {
  if (!pictureUrl) return <Mark kind={kind} size="big" />
  return <Avatar name={name} size={32} url={`${pictureUrl}?size=thumb`} kind={kind} className="acc" />
}
