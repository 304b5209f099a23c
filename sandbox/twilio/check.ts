import type { World } from '../world.ts'
import { numberOf, serviceSid } from './account.ts'
import type { Problem } from './api.ts'

/** What is wrong with a message, as Twilio checks it before it takes one; undefined when nothing is. */
export function fault(form: URLSearchParams, world: World): Problem | undefined {
  return receiver(form.get('To')) ?? sender(form, world) ?? content(form) ?? report(form.get('StatusCallback'))
}

function receiver(to: string | null): Problem | undefined {
  if (!to) return [21604, "A 'To' phone number is required."]
  return /^\+[1-9]\d{6,14}$/.test(to) ? undefined : [21211, `Invalid 'To' Phone Number: ${to}`]
}

function sender(form: URLSearchParams, world: World): Problem | undefined {
  const [from, service] = [form.get('From'), form.get('MessagingServiceSid')]
  if (!from && !service) return [21603, "A 'From' phone number is required."]
  if (service && service !== serviceSid(world)) return [21701, 'The Messaging Service does not exist']
  const known = !from || from === numberOf(world) || /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(from)
  return known ? undefined : [21606, `The 'From' phone number provided (${from}) is not a valid message-capable number`]
}

function content(form: URLSearchParams): Problem | undefined {
  const [body, media] = [form.get('Body') ?? '', form.getAll('MediaUrl')]
  if (!body && !media.length) return [21602, 'Message body is required.']
  if (body.length > 1600) return [21617, 'The concatenated message body exceeds the 1600 character limit']
  if (media.length > 10) return [21623, 'Number of media files exceeds allowed limit']
  return media.every(url => /^https?:\/\//.test(url) && URL.canParse(url)) ? undefined : [21620, 'Invalid media URL(s)']
}

function report(url: string | null): Problem | undefined {
  if (!url) return undefined
  const good = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && !new URL(url).hostname.includes('_')
  return good ? undefined : [21609, `Invalid 'StatusCallback' url: ${url}`]
}
