import type { Message } from '../../src/api/shapes.ts'
import { Icon } from '../parts/icon.tsx'
import { t } from '../say.ts'
import { ContactCard, FormCard, LinkCard, Order, Place, Poll, TemplateCard } from './cards.tsx'
import { Linked } from './linked.tsx'
import { MailCard } from './mail.tsx'
import { Album, FileCard, type Media, MediaGap, Player, Sticker } from './media.tsx'
import { Original } from './original.tsx'
import { systemWords } from './system.ts'
import { Voice } from './voice.tsx'

export type Part = Message['parts'][number]

export const isPicture = (part: Part): part is Media =>
  part.type === 'image' && part.state !== 'pending' && part.state !== 'failed'

/** What a message holds: pictures together as one grid, the rest one under another. */
export function Parts({ message }: { message: Message }) {
  const pictures = message.parts.filter(isPicture)
  const caption = pictures
    .map(picture => picture.caption)
    .filter(Boolean)
    .join('\n')
  const rest = message.parts.filter(part => !isPicture(part))
  let at = 0
  return (
    <>
      {pictures.length > 0 && <Album pictures={pictures} />}
      {caption && <Linked text={caption} />}
      {rest.map(part => (
        <One key={`${part.type}${at++}`} part={part} message={message} />
      ))}
    </>
  )
}

function One({ part, message }: { part: Part; message: Message }) {
  switch (part.type) {
    case 'text':
      return <Linked text={part.text} />
    case 'choices':
      return <Linked text={part.prompt} />
    case 'chosen':
      return <Linked text={part.label} />
    case 'location':
      return <Place part={part} />
    case 'contact':
      return <ContactCard part={part} />
    case 'poll':
      return <Poll part={part} />
    case 'order':
      return <Order part={part} />
    case 'form':
      return <FormCard part={part} />
    case 'template':
      return <TemplateCard part={part} message={message} />
    case 'link':
      return <LinkCard part={part} />
    case 'mail':
      return <MailCard part={part} message={message} />
    case 'system':
      return <span className="said">{systemWords(part.what, part.values)}</span>
    case 'unsupported':
      return <Unsupported what={part.what} message={message} />
    default:
      return <MediaPart part={part} />
  }
}

function MediaPart({ part }: { part: Media }) {
  const body = () => {
    if (part.state === 'pending' || part.state === 'failed') return <MediaGap part={part} />
    if (part.type === 'voice') return <Voice url={part.url} seconds={part.seconds ?? 0} />
    if (part.type === 'sticker') return <Sticker part={part} />
    if (part.type === 'video' || part.type === 'audio') return <Player part={part} />
    return <FileCard part={part} />
  }
  return (
    <>
      {body()}
      {part.caption && <Linked text={part.caption} />}
    </>
  )
}

function Unsupported({ what, message }: { what: string; message: Message }) {
  return (
    <div className="odd">
      <Icon name="box" />
      <div>
        <div>{t('Not understood yet: {what}', { what })}</div>
        <Original message={message} />
      </div>
    </div>
  )
}
