import type { Message } from '../../src/api/shapes.ts'
import { msg, t } from '../say.ts'
import { duration } from '../time.ts'
import { systemWords } from './system.ts'

type Part = Message['parts'][number]

/** The icon that stands for a kind of part; text has none. */
export const kindIcon: Readonly<Record<string, string>> = {
  image: 'image',
  video: 'video',
  audio: 'music',
  voice: 'mic',
  file: 'file',
  sticker: 'smile',
  location: 'pin',
  contact: 'user',
  choices: 'grid',
  poll: 'poll',
  order: 'bag',
  form: 'form',
  template: 'menu',
  link: 'link',
  unsupported: 'box',
}

export const kindName: Readonly<Record<string, string>> = {
  image: msg('Photo'),
  video: msg('Video'),
  audio: msg('Audio'),
  voice: msg('Voice message'),
  file: msg('File'),
  sticker: msg('Sticker'),
  location: msg('Location'),
  contact: msg('Contact'),
  choices: msg('Question with buttons'),
  poll: msg('Poll'),
  order: msg('Order'),
  form: msg('Form'),
  template: msg('Template'),
  link: msg('Link'),
  unsupported: msg('Unsupported content'),
}

/** A part in one line, for the list and for quotes. */
export function summary(part: Part | undefined): string {
  if (!part) return t('Deleted message')
  if (part.type === 'text') return part.text
  if (part.type === 'chosen') return part.label
  if (part.type === 'mail') return [part.subject, part.text].filter(Boolean).join(' · ')
  if (part.type === 'system') return systemWords(part.what, part.values)
  return [t(kindName[part.type] ?? part.type), detail(part)].filter(Boolean).join(': ')
}

function detail(part: Part): string {
  switch (part.type) {
    case 'image':
    case 'video':
      return part.caption ?? ''
    case 'audio':
    case 'file':
      return part.name ?? part.caption ?? ''
    case 'voice':
      return part.seconds ? duration(part.seconds) : ''
    case 'location':
      return part.name ?? part.address ?? ''
    case 'contact':
    case 'template':
    case 'form':
      return part.name
    case 'choices':
      return part.prompt
    case 'poll':
      return part.question
    case 'link':
      return part.title ?? part.url
    case 'unsupported':
      return part.what
    default:
      return ''
  }
}
