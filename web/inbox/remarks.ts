import type { Message } from '../../src/api/shapes.ts'
import type { Remark } from '../../src/domain/fit.ts'
import { msg, t } from '../say.ts'
import { serverWords } from '../server-words.ts'
import { size } from '../time.ts'

/** What `prepare` did or refused, in the agent's words. */
const words: Record<Remark['code'], string> = {
  'text-split': msg('{pieces, plural, one {Sent as # message} other {Sent as # messages}}, at most {max} letters each'),
  'choices-numbered': msg(
    '{count, plural, one {# button becomes a numbered menu} other {# buttons become a numbered menu}}',
  ),
  'choices-listed': msg(
    '{count, plural, one {# button becomes a list} other {# buttons become a list}}, at most {max} fit as buttons',
  ),
  'location-link': msg('The location becomes a map link'),
  'contact-text': msg('The contact card becomes text'),
  'poll-text': msg('The poll becomes text'),
  'link-text': msg('The link is sent as text'),
  'caption-apart': msg('The caption is sent as its own message'),
  'media-as-file': msg('{type} is sent as a file'),
  'no-templates': msg('This messenger has no templates'),
  'template-values': msg('The template wants another number of values'),
  'no-media': msg('This messenger takes no files of this kind: {type}'),
  'media-too-large': msg('{name} is too large: at most {max}'),
  'media-kind': msg('This messenger does not take {mime}'),
  'media-not-ready': msg('The file is not ready yet'),
  'nothing-to-send': msg('There is nothing to send'),
  'not-sayable': msg('This cannot be sent: {type}'),
  'opted-out': msg('This person asked not to be written to'),
  'never-wrote': msg('Only answers are allowed here: the person has to write first'),
  'window-closed': msg('The time for free answers is over'),
  'private-one': msg('A private answer is one message of words: the rest would be public'),
  'private-late': msg(
    'A private answer is allowed for {days, plural, one {# day} other {# days}} after the person wrote',
  ),
  'private-not-here': msg('There are no private answers here: everybody would read it'),
}

const mediaNames: Record<string, string> = {
  image: msg('Photo'),
  video: msg('Video'),
  audio: msg('Audio'),
  voice: msg('Voice message'),
  file: msg('File'),
  sticker: msg('Sticker'),
}

export function remarkWords({ code, values = {} }: Remark): string {
  const shown = { ...values }
  if (typeof shown.type === 'string') shown.type = t(mediaNames[shown.type] ?? shown.type)
  if (code === 'media-too-large') shown.max = size(Number(values.max))
  return t(words[code] ?? code, shown)
}

const reasons: Record<string, string> = {
  blocked: msg('the person cannot be reached or has blocked this channel'),
  'window-closed': msg('the time for free answers is over'),
  invalid: msg('the messenger did not accept it'),
  auth: msg('the channel is cut off, an administrator has to reconnect it'),
  rate: msg('the messenger asked to slow down'),
  down: msg('the messenger did not answer'),
  unknown: msg('the reason is not known'),
}

const vague = new Set(['invalid', 'unknown'])

/** Why a message failed. Where the kind of failure says too little, the provider's own words where it gave any. */
export function failureWords(failure: Message['failure']): string {
  const why = failure?.why ?? 'unknown'
  const known = reasons[why]
  if (failure?.detail && (!known || vague.has(why))) return serverWords(failure.detail)
  return t(known ?? reasons.unknown!)
}
