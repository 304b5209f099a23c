import { type Json, maybe, present, records, text } from '../kit.ts'

interface Happened {
  what: string
  values?: Record<string, string>
}

/** What happened rather than was said, by a key that screens translate; nothing for what we do not know. */
export function happened(event: Json): Happened | undefined {
  switch (event.type) {
    case 'join':
      return { what: 'bot-joined' }
    case 'leave':
      return { what: 'bot-left' }
    case 'beacon':
      return beacon(maybe(event.beacon))
    case 'accountLink': {
      const { result, nonce } = maybe(event.link)
      return { what: result === 'ok' ? 'account-linked' : 'account-not-linked', ...valued({ nonce: text(nonce) }) }
    }
    case 'videoPlayComplete':
      return { what: 'video-watched', ...valued({ video: text(maybe(event.videoPlayComplete).trackingId) }) }
    case 'membership':
      return membership(maybe(event.membership))
    default:
      return undefined
  }
}

const beacons = new Map([
  ['enter', 'beacon-entered'],
  ['banner', 'beacon-tapped'],
  ['stay', 'beacon-stayed'],
])

function beacon({ type, hwid, dm }: Json): Happened | undefined {
  const what = beacons.get(text(type) ?? '')
  return what ? { what, ...valued({ beacon: text(hwid), message: text(dm) }) } : undefined
}

const memberships = new Map([
  ['joined', 'membership-joined'],
  ['left', 'membership-ended'],
  ['renewed', 'membership-renewed'],
])

function membership({ type, membershipId }: Json): Happened | undefined {
  const what = memberships.get(text(type) ?? '')
  return what ? { what, ...valued({ membership: text(membershipId) }) } : undefined
}

function valued(fields: Record<string, string | undefined>): { values?: Record<string, string> } {
  const values = present(fields) as Record<string, string>
  return Object.keys(values).length ? { values } : {}
}

/** Who came into a group or left it. */
export const members = (event: Json): string[] =>
  records(maybe(event.joined ?? event.left).members).flatMap(member => text(member.userId) || [])

interface News {
  what: string
  detail: string
  level: 'note' | 'warning' | 'alarm'
}

/** Events about the account itself: they come where a partner's module is attached to it, or LINE stops it. */
export const accountNews = new Map<string, News>([
  ['activated', { what: 'module-active', detail: 'Parley may answer in this account.', level: 'note' }],
  ['deactivated', { what: 'module-standby', detail: 'Another module answers in this account now.', level: 'warning' }],
  ['botSuspended', { what: 'account-suspended', detail: 'LINE has suspended this account.', level: 'alarm' }],
  ['botResumed', { what: 'account-resumed', detail: 'LINE has opened this account again.', level: 'note' }],
  ['module', { what: 'module-changed', detail: 'A module was attached to this account or detached.', level: 'note' }],
])
