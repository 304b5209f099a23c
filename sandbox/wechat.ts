import { text } from '../src/channels/kit.ts'
import type { Part } from '../src/domain/message.ts'
import { address, allow, type Follower, nextMsgId, sealed, settingsOf, tell } from './wechat/account.ts'
import { api, down, menuOf } from './wechat/api.ts'
import { keep } from './wechat/files.ts'
import { refuse } from './wechat/refuse.ts'
import type { Fields } from './wechat/seal.ts'
import { notices } from './wechat/templates.ts'
import type { Act, PhoneMenu, Wire } from './wire.ts'
import type { World } from './world.ts'

/** WeChat's Official Accounts: api.weixin.qq.com, with encrypted webhooks signed in the address. */
export const wechatWire: Wire = {
  kind: 'wechat',
  routes: api,
  act: (deed, person, world) => act(deed, { person, world }),
  menu,
  sign: () => ({ 'content-type': 'text/xml' }),
  address,
  refuse: {
    rate: reply => refuse(45011, reply),
    down,
    token: reply => refuse(40001, reply),
    blocked: reply => refuse(45015, reply),
  },
  unknownEvent: (person, world) =>
    sealed(
      {
        FromUserName: person.id,
        CreateTime: Math.floor(world.now().getTime() / 1000),
        MsgType: 'event',
        Event: 'hologram_call',
        Room: `h-${world.next()}`,
      },
      world,
    ),
  settings: settingsOf,
  // Three attempts with five seconds for each; nothing comes after the third on the real wire.
  retryAfter: attempt => [5000, 5000][attempt] ?? 60_000,
}

/** Tabs that stand in place of the keyboard. */
function menu(world: World): PhoneMenu | undefined {
  const entries = menuOf(world).map(button => ({
    label: text(button.name) ?? '',
    ...(button.type === 'view' && { opens: text(button.url) ?? '' }),
  }))
  return entries.length ? { shape: 'tabs', entries } : undefined
}

function keyOf(entry: number, world: World): string {
  const key = text(menuOf(world)[entry]?.key)
  if (!key) throw new Error('wechat: the account has no such tab')
  return key
}

interface Where {
  person: Follower
  world: World
}

function act(deed: Act, at: Where): void {
  const { person, world } = at
  switch (deed.do) {
    case 'text':
      return say({ MsgType: 'text', Content: deed.text }, [{ type: 'text', text: deed.text }], at)
    case 'media':
      return sendFile(deed, at)
    case 'location': {
      const { lat, lon, name = '' } = deed
      const fields = { MsgType: 'location', Location_X: String(lat), Location_Y: String(lon), Scale: 16, Label: name }
      return say(fields, [{ type: 'location', lat, lon }], at)
    }
    case 'menu':
      return press({ do: 'press', bubble: 'menu', choice: keyOf(deed.entry, world) }, at)
    case 'press':
      return press(deed, at)
    case 'start':
      return start(deed.ref, at)
    case 'block':
      person.blocked = true
      return tell('event', { Event: 'unsubscribe', EventKey: '' }, at)
    case 'unblock':
      person.blocked = false
      return start(undefined, at)
    case 'look':
      // Accounts are not told that a message was read.
      for (const bubble of world.bubbles)
        if (bubble.person === person.id && bubble.from === 'business') world.change(bubble.id, { ticks: 'read' })
      return
    default:
      throw new Error(`wechat: accounts are not told when a customer wants to ${deed.do}`)
  }
}

/** A message of the customer, which lets the account answer five times. */
function say({ MsgType, ...fields }: Fields & { MsgType: string }, parts: Part[], at: Where): void {
  const { person, world } = at
  if (person.blocked) throw new Error('wechat: who has left the account cannot write to it')
  const id = nextMsgId(world)
  allow(person, 'wrote', world)
  world.show({ id, person: person.id, from: 'customer', parts, at: world.now().getTime(), reactions: [] })
  tell(MsgType, { ...fields, MsgId: BigInt(id) }, at)
}

function sendFile(deed: Act & { do: 'media' }, at: Where): void {
  const { type, bytes, mime, name } = deed
  if (type !== 'image' && type !== 'voice' && type !== 'video')
    throw new Error(`wechat: accounts are not sent a ${type}`)
  const MediaId = keep({ bytes, mime, name }, at.world)
  const url = `${at.world.baseUrl}/video/${MediaId}`
  const extra: Record<typeof type, Fields> = {
    image: { PicUrl: url },
    voice: { Format: 'amr', Recognition: deed.caption ?? '' },
    video: { ThumbMediaId: MediaId },
  }
  say({ MsgType: type, MediaId, ...extra[type] }, [{ type, url, ref: MediaId, name, mime, bytes: bytes.length }], at)
}

/** A line of a menu message, or with `menu` as the bubble a button of the account's own menu. */
function press({ bubble, choice }: Act & { do: 'press' }, at: Where): void {
  if (bubble === 'menu') {
    allow(at.person, 'touched', at.world)
    return tell('event', { Event: 'CLICK', EventKey: choice }, at)
  }
  const offered = at.world.bubble(bubble)?.parts.flatMap(part => (part.type === 'choices' ? part.choices : []))
  const label = offered?.find(({ id }) => id === choice)?.label ?? choice
  at.world.change(bubble, { pressed: choice })
  say({ MsgType: 'text', Content: label, bizmsgmenuid: choice }, [{ type: 'text', text: label }], at)
}

/** Scans a code of the account. Who follows already is told by another event. */
function start(ref: string | undefined, at: Where): void {
  const follows = at.person.quota !== undefined && !at.person.blocked
  at.person.blocked = false
  allow(at.person, 'touched', at.world)
  const Ticket = 'gQH47joAAAAAAAAAASxodHRwOi8vd2VpeGluLnFxLmNvbS9xLw'
  if (ref && follows) return tell('event', { Event: 'SCAN', EventKey: ref, Ticket }, at)
  tell('event', { Event: 'subscribe', ...(ref ? { EventKey: `qrscene_${ref}`, Ticket } : { EventKey: '' }) }, at)
}

/** The customer taps "allow" or "refuse" under an article that asks for notices. */
export function answerNotices(personId: string, status: 'accept' | 'reject', world: World): void {
  const person: Follower = world.people.get(personId)!
  const TemplateId = notices[0]!.priTmplId
  if (status === 'accept') person.allowed = [...(person.allowed ?? []), TemplateId]
  const List = { TemplateId, SubscribeStatusString: status, PopupScene: 2 }
  tell('event', { Event: 'subscribe_msg_popup_event', SubscribeMsgPopupEvent: { List } }, { person, world })
}
