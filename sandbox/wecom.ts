import type { Json } from '../src/channels/kit.ts'
import type { Part } from '../src/domain/message.ts'
import { down } from './tencent/call.ts'
import {
  address,
  allow,
  type Customer,
  callback,
  happened,
  kept,
  nextMsgId,
  said,
  settingsOf,
  tell,
} from './wecom/account.ts'
import { api } from './wecom/api.ts'
import { keep } from './wecom/files.ts'
import { refuse } from './wecom/refuse.ts'
import type { Act, Wire } from './wire.ts'
import type { World } from './world.ts'

/** The customer service of WeCom: qyapi.weixin.qq.com, which calls only to say that there is news. */
export const wecomWire: Wire = {
  kind: 'wecom',
  routes: api,
  act: (deed, person, world) => act(deed, { person, world }),
  sign: () => ({ 'content-type': 'text/xml' }),
  address,
  refuse: {
    rate: reply => refuse(45009, reply),
    down,
    token: reply => refuse(40001, reply),
    blocked: reply => refuse(95018, reply),
  },
  unknownEvent(person, world) {
    const event = { event_type: 'hologram_call', external_userid: person.id }
    kept(world).push({
      number: world.next(),
      item: {
        msgid: nextMsgId(world),
        send_time: Math.floor(world.now().getTime() / 1000),
        origin: 4,
        msgtype: 'event',
        event,
      },
    })
    return callback(world)
  },
  settings: settingsOf,
  // Three attempts with five seconds for each; nothing comes after the third on the real wire.
  retryAfter: attempt => [5000, 5000][attempt] ?? 60_000,
}

interface Where {
  person: Customer
  world: World
}

function act(deed: Act, at: Where): void {
  const { person, world } = at
  switch (deed.do) {
    case 'text':
      return say({ msgtype: 'text', content: deed.text }, { type: 'text', text: deed.text }, at)
    case 'media':
      return sendFile(deed, at)
    case 'location': {
      const { lat, lon, name = '' } = deed
      const part = { type: 'location', lat, lon } as const
      return say({ msgtype: 'location', latitude: lat, longitude: lon, name, address: '' }, part, at)
    }
    case 'press':
      return press(deed, at)
    case 'delete':
      world.change(deed.bubble, { deleted: true })
      return happened('user_recall_msg', { recall_msgid: deed.bubble }, at)
    case 'start':
      return enter(deed.ref, at)
    case 'block':
    case 'unblock':
      // WeCom tells it with the next message only.
      person.blocked = deed.do === 'block'
      return
    case 'look':
      for (const bubble of world.bubbles)
        if (bubble.person === person.id && bubble.from === 'business') world.change(bubble.id, { ticks: 'read' })
      return
    default:
      throw new Error(`wecom: businesses are not told when a customer wants to ${deed.do}`)
  }
}

/** A message of the customer, which lets the business answer five times. */
function say({ msgtype, ...content }: Json & { msgtype: string }, part: Part, at: Where): void {
  const { person, world } = at
  const msgid = nextMsgId(world)
  allow(person, world)
  world.show({
    id: msgid,
    person: person.id,
    from: 'customer',
    parts: [part],
    at: world.now().getTime(),
    reactions: [],
  })
  said(3, { msgid, msgtype, [msgtype]: content }, at)
}

function sendFile(deed: Act & { do: 'media' }, at: Where): void {
  const { bytes, mime, name } = deed
  if (deed.type === 'sticker') throw new Error('wecom: businesses are not told of stickers')
  const type = deed.type === 'audio' ? 'file' : deed.type
  const media_id = keep({ bytes, mime, name }, at.world)
  say({ msgtype: type, media_id }, { type, url: media_id, ref: media_id, name, mime, bytes: bytes.length }, at)
}

function press({ bubble, choice }: Act & { do: 'press' }, at: Where): void {
  const offered = at.world.bubble(bubble)?.parts.flatMap(part => (part.type === 'choices' ? part.choices : []))
  const label = offered?.find(({ id }) => id === choice)?.label ?? choice
  at.world.change(bubble, { pressed: choice })
  say({ msgtype: 'text', content: label, menu_id: choice }, { type: 'text', text: label }, at)
}

const twoDays = 48 * 3_600_000

/** Opens the chat by a link. A welcome may be said to who was not spoken to for two days. */
function enter(ref: string | undefined, at: Where): void {
  const { person, world } = at
  const now = world.now().getTime()
  const spoken = world.bubbles.some(b => b.person === person.id && b.from === 'business' && now - b.at < twoDays)
  const code = `CODE${world.next()}`
  if (!spoken) person.welcome = { code, until: now + 20_000 }
  const scene = ref ? { scene: 'parley', scene_param: ref } : { scene: '' }
  happened('enter_session', { ...scene, ...(!spoken && { welcome_code: code }) }, at)
}

/** Somebody of the business takes the session in WeCom, says something, hands it over or ends it. */
export function servicerDoes(what: 'take' | 'say' | 'move' | 'end' | 'pause', personId: string, world: World): void {
  const person: Customer = world.people.get(personId)!
  const at = { person, world }
  if (what === 'say') return said(5, { msgid: nextMsgId(world), msgtype: 'text', text: { content: 'May here' } }, at)
  if (what === 'pause')
    return tell(
      {
        origin: 4,
        msgtype: 'event',
        event: { event_type: 'servicer_status_change', servicer_userid: 'May', status: 2 },
      },
      world,
    )
  person.session = what === 'end' ? 4 : 3
  const change = { take: 1, move: 2, end: 3 }[what]
  happened('session_status_change', { change_type: change, new_servicer_userid: 'May', old_servicer_userid: 'Li' }, at)
}
