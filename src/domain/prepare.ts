import type { Capabilities } from './capabilities.ts'
import { type Contacted, type MayContact, mayContact } from './contacting.ts'
import { fit, type Remark } from './fit.ts'
import type { Part } from './message.ts'
import { refusedPrivately } from './privately.ts'

export type Prepared =
  | { ok: true; pieces: Part[]; changes: Remark[] }
  | { ok: false; because: Remark[]; but?: 'template' }

/** What would be sent, or why it would not. The composer previews with it; `reply` obeys it. */
export function prepare(parts: readonly Part[], contact: Contacted, can: Capabilities, now: Date): Prepared {
  const allowed = mayContact(contact, can, now)
  if (!allowed.yes && !sentAsTemplate(parts, allowed))
    return { ok: false, because: [{ code: allowed.because }], ...(allowed.but && { but: allowed.but }) }
  const fitted = fit(parts, can)
  if (!fitted.ok) return { ok: false, because: fitted.refusals }
  const refused = refusedPrivately(fitted.pieces, can, { contact, now })
  return refused ? { ok: false, because: [refused] } : fitted
}

const sentAsTemplate = (parts: readonly Part[], allowed: MayContact & { yes: false }): boolean =>
  allowed.but === 'template' && parts.length > 0 && parts.every(part => part.type === 'template')

/** English for each remark, for the API's error texts; screens have their own translations. */
export function inEnglish({ code, values = {} }: Remark): string {
  const texts: Record<Remark['code'], string> = {
    'text-split': `The text is sent in ${values.pieces} messages`,
    'choices-numbered': 'The buttons become a numbered list',
    'choices-listed': 'The buttons become a list',
    'location-link': 'The location becomes a map link',
    'contact-text': 'The contact card becomes text',
    'poll-text': 'The poll becomes text',
    'link-text': 'The link is sent as text',
    'caption-apart': 'The caption is sent as its own message',
    'media-as-file': `The ${values.type} is sent as a file`,
    'no-templates': 'This messenger has no templates',
    'template-values': 'The template wants another number of values',
    'no-media': `This messenger does not take ${values.type}`,
    'media-too-large': `The ${values.type} is larger than the ${values.max} bytes this messenger takes`,
    'media-kind': `This messenger does not take ${values.type} of the kind ${values.mime}`,
    'media-not-ready': 'The file is not ready yet',
    'nothing-to-send': 'There is nothing to send',
    'not-sayable': `A part of the type ${values.type} cannot be sent`,
    'opted-out': 'This person asked not to be written to',
    'never-wrote': 'This messenger allows answers only: the person has to write first',
    'window-closed': 'The time for free answers is over on this messenger',
    'private-one': 'A private answer is one message of words: the rest would be public',
    'private-late': `A private answer is allowed for ${values.days} days after the person wrote`,
    'private-not-here': 'There are no private answers here: everybody would read it',
  }
  return texts[code]
}
