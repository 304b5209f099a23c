import type { Person } from '../wire.ts'
import type { World } from '../world.ts'
import { nextSid } from './account.ts'

/** The words that Twilio itself obeys on a long code, in capital letters or small, and its answers. */
const words: readonly [RegExp, boolean | undefined, string][] = [
  [
    /^\s*(stop|stopall|unsubscribe|cancel|end|quit)\s*$/i,
    true,
    'You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.',
  ],
  [
    /^\s*(start|yes|unstop)\s*$/i,
    false,
    'You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply.',
  ],
  [/^\s*(help|info)\s*$/i, undefined, 'Reply STOP to unsubscribe. Msg&Data Rates May Apply.'],
]

/** Twilio blocks or opens the way by itself and answers; the business hears the words all the same. */
export function obey(said: string, { person, world }: { person: Person; world: World }): void {
  const known = words.find(([form]) => form.test(said))
  if (!known) return
  const [, blocks, answer] = known
  // "Yes" is an answer like any other to one who has never said STOP.
  if (blocks === false && !person.blocked) return
  if (blocks !== undefined) person.blocked = blocks
  const parts = [{ type: 'text' as const, text: answer }]
  const at = world.now().getTime()
  const id = nextSid('SM', world)
  world.show({ id, person: person.id, from: 'business', parts, at, ticks: 'delivered', reactions: [] })
}
