import { type Entity, header } from './mime.ts'
import { peopleIn } from './people.ts'
import { type Settings, signingKey } from './settings.ts'
import { idsIn, ownId, personIn } from './thread.ts'

/** Whose conversation a mail belongs to, proven by what we signed: the address it was sent to, or the mail it answers. */
export function provenPerson(of: Pick<Entity, 'headers'>, settings: Settings): string | undefined {
  const key = signingKey(settings)
  const to = ['to', 'cc', 'delivered-to', 'x-original-to'].flatMap(name => peopleIn(of, name))
  for (const { address } of to) {
    const person = personIn(address, key)
    if (person) return person
  }
  const ids = [...idsIn(header(of, 'in-reply-to')), ...idsIn(header(of, 'references')).reverse()]
  for (const id of ids) {
    const own = ownId(id, key)
    if (own) return own.person
  }
  return undefined
}
