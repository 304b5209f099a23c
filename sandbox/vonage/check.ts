import { type Json, maybe, text } from '../../src/channels/kit.ts'
import type { World } from '../world.ts'
import { numberOf } from './account.ts'
import type { Problem } from './api.ts'

/** What is wrong with a message, as Vonage checks it before it takes one; undefined when nothing is. */
export function fault(message: Json, world: World): Problem | undefined {
  return routing(message, world) ?? extras(message) ?? content(message)
}

const invalid = (name: string, reason: string): Problem => ({
  type: '/messages#1020',
  title: 'Invalid params',
  detail: 'The value of one or more parameters is invalid.',
  invalid_parameters: [{ name, reason }],
})

function routing({ channel, to, from }: Json, world: World): Problem | undefined {
  if (channel !== 'sms' && channel !== 'mms') return invalid('channel', 'This number has no such channel')
  if (!/^[1-9]\d{6,14}$/.test(text(to) ?? '')) return invalid('to', 'Must be a number in E.164 without +')
  const sender = text(from) ?? ''
  if (sender === numberOf(world) || (channel === 'sms' && /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(sender)))
    return undefined
  return {
    type: '/messages#1120',
    title: 'Invalid sender',
    detail: 'The from parameter is invalid for the given channel.',
  }
}

function extras({ client_ref, webhook_url, webhook_version }: Json): Problem | undefined {
  if ((text(client_ref) ?? '').length > 100) return invalid('client_ref', 'At most 100 characters')
  if (webhook_url !== undefined && !URL.canParse(String(webhook_url)))
    return invalid('webhook_url', 'Must be an address')
  const known = webhook_version === undefined || webhook_version === 'v1' || webhook_version === 'v0.1'
  return known ? undefined : invalid('webhook_version', 'Must be v0.1 or v1')
}

const files = ['image', 'video', 'audio', 'file', 'vcard']

function content(message: Json): Problem | undefined {
  const type = text(message.message_type) ?? ''
  if (message.channel === 'sms' || type === 'text') {
    const words = text(message.text)
    if (type !== 'text' || !words) return invalid('text', 'Must not be empty')
    return words.length > 1000
      ? { type: '/messages#1090', title: 'Message too long', detail: 'At most 1000 characters' }
      : undefined
  }
  if (!files.includes(type)) return invalid('message_type', `Must be one of ${files.join(', ')}`)
  return /^https?:\/\//.test(text(maybe(message[type]).url) ?? '')
    ? undefined
    : invalid(`${type}.url`, 'Must be an address')
}
