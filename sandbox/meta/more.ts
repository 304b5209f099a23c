import type { Json } from '../../src/channels/kit.ts'
import type { World } from '../world.ts'
import { say } from './act.ts'
import { addressOf, store } from './files.ts'
import { flavourOf } from './flavour.ts'
import { appId, metaInbox, mid, nodeId } from './ids.ts'
import { show, tellEcho } from './messages.ts'
import { fromPerson, setTaken } from './tell.ts'

/** What no phone's buttons do. */

/** A colleague answers in Meta's own inbox. Answers the message's id. */
export function writeInInbox(world: World, personId: string, text: string): string {
  const person = world.people.get(personId)!
  const id = mid(world)
  show(id, { world, person }, { parts: [{ type: 'text', text }] })
  tellEcho({ mid: id, app_id: metaInbox, text }, { world, person })
  return id
}

/** Meta's inbox takes the conversation from the app. */
export function takeThread(world: World, personId: string): void {
  const take_thread_control = { previous_owner_app_id: appId(world), new_owner_app_id: String(metaInbox) }
  handOver(world, personId, { take_thread_control })
  setTaken(world, world.people.get(personId)!, 'another app')
}

/** Meta's inbox gives it back: somebody pressed "Done" there. */
export function giveThread(world: World, personId: string): void {
  const pass_thread_control = { previous_owner_app_id: String(metaInbox), new_owner_app_id: appId(world) }
  handOver(world, personId, { pass_thread_control })
  setTaken(world, world.people.get(personId)!, 'us')
}

function handOver(world: World, personId: string, body: Json): void {
  const field = flavourOf(world).object === 'page' ? 'messaging_handovers' : 'messaging_handover'
  fromPerson(world, world.people.get(personId)!, { field, body })
}

/** Instagram: the customer answers a story of the account, or mentions the account in an own one. */
export function story(world: World, personId: string, what: { answer: string } | 'mention'): void {
  const picture = store(world, { bytes: new Uint8Array([0xff, 0xd8, 0xff]), mime: 'image/jpeg', name: 'story.jpg' })
  const url = addressOf(world, picture)
  const person = world.people.get(personId)!
  if (what === 'mention') {
    const wire = { attachments: [{ type: 'story_mention', payload: { url } }] }
    return say(person, world, { wire, parts: [{ type: 'image', url: picture.id }] })
  }
  const wire = { text: what.answer, reply_to: { story: { id: nodeId(world), url } } }
  say(person, world, { wire, parts: [{ type: 'text', text: what.answer }] })
}
