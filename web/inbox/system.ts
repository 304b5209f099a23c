import { msg, tKey } from '../say.ts'

/** What channels report as happened. Unknown keys are shown in readable form. */
const words: Readonly<Record<string, string>> = {
  'missed-call': msg('Missed call'),
  'missed-video-call': msg('Missed video call'),
  call: msg('Call'),
  'call-request': msg('Asked to be called'),
  'number-changed': msg('Changed the number'),
  'identity-changed': msg('The security code of this person changed'),
  started: msg('Started the conversation'),
  subscribed: msg('Subscribed'),
  unsubscribed: msg('Unsubscribed'),
  blocked: msg('Blocked the business'),
  unblocked: msg('Unblocked the business'),
  joined: msg('Joined the group'),
  left: msg('Left the group'),
  'opted-in': msg('Agreed to receive messages'),
  'opted-out': msg('Asked not to be written to'),
  referral: msg('Came by a link'),
  'handed-over': msg('Handed over'),
  payment: msg('Paid'),
  pinned: msg('Pinned a message'),
  'title-changed': msg('Changed the group’s name'),
  'photo-changed': msg('Changed the group’s photo'),
  welcome: msg('Opened the chat'),
}

export function systemWords(what: string, values?: Record<string, string>): string {
  const said = tKey(words, what, values)
  const more = Object.values(values ?? {}).filter(Boolean)
  return more.length ? `${said}: ${more.join(', ')}` : said
}
