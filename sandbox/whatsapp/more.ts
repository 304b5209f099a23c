import type { World } from '../world.ts'
import { contact, head, said, tell, type Value } from './events.ts'
import { inSeconds, nodeId, scopedId, userId, waId, wamid, withoutGaps } from './ids.ts'
import { templatesOf } from './templates.ts'

const personOf = (world: World, id: string) => {
  const person = world.people.get(id)
  if (!person) throw new Error(`whatsapp: nobody here is called ${id}`)
  return person
}

/** The customer moves to another phone number: the number changes, and with it the user id. */
export function changeNumber(world: World, personId: string, phone: string): void {
  const person = personOf(world, personId)
  const before = scopedId(world, person)
  const message = said(world, person, wamid(world, person, 'in'))
  const body = `User ${person.name} changed from ${person.phone} to ${phone}`
  person.phone = phone
  const system = withoutGaps({
    body,
    wa_id: waId(world, person),
    user_id: userId(world, person),
    previous_user_id: userId(world, person) && before,
    type: 'user_changed_number',
  })
  const value = { ...head(world), messages: [{ ...message, type: 'system', system }] }
  tell(world, 'number changed', { field: 'messages', value })
}

/** The customer stops or resumes marketing messages in the app. */
export function preferMarketing(world: World, personId: string, value: 'stop' | 'resume'): void {
  const person = personOf(world, personId)
  const preference = withoutGaps({
    wa_id: waId(world, person),
    user_id: userId(world, person),
    detail: `User requested to ${value} marketing messages`,
    category: 'marketing_messages',
    value,
    timestamp: Number(inSeconds(world)),
  })
  const change = { ...head(world), contacts: [contact(world, person)], user_preferences: [preference] }
  tell(world, `marketing ${value}`, { field: 'user_preferences', value: change })
}

/** The customer calls and nobody answers: it rings, then it is over. */
export function missCall(world: World, personId: string): void {
  const person = personOf(world, personId)
  const id = `wacid.${Buffer.from(nodeId(world)).toString('base64url')}`
  const { from, from_user_id, timestamp } = said(world, person, id)
  const to = (head(world).metadata as Value).display_phone_number
  const common = withoutGaps({ id, from, from_user_id, to, timestamp, direction: 'USER_INITIATED' })
  const session = { sdp_type: 'offer', sdp: 'v=0' }
  for (const step of [
    { event: 'connect', session },
    { event: 'terminate', status: 'FAILED' },
  ]) {
    const value = { ...head(world), contacts: [contact(world, person)], calls: [{ ...common, ...step }] }
    tell(world, `call ${step.event}`, { field: 'calls', value })
  }
}

/** Meta reviews a template. */
export function reviewTemplate(world: World, name: string, event: 'APPROVED' | 'REJECTED' | 'PAUSED'): void {
  for (const template of templatesOf(world).filter(t => t.name === name)) {
    template.status = event
    const value = {
      event,
      message_template_id: Number(template.id),
      message_template_name: template.name,
      message_template_language: template.language,
      message_template_category: template.category,
      reason: event === 'APPROVED' ? 'NONE' : 'INCORRECT_CATEGORY',
    }
    tell(world, `template ${event}`, { field: 'message_template_status_update', value })
  }
}
