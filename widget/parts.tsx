/** @jsxImportSource preact */
import type { MediaPart } from '../src/domain/message.ts'
import type { VisitorPart } from '../src/site/shapes.ts'
import type { Chat } from './chat.ts'
import { Icon, type IconName, Out } from './icons.tsx'

/** One part of a message as the visitor sees it. Addresses of our own files lead to the chat's own server. */
export function PartView({ part, chat }: { part: VisitorPart; chat: Chat }) {
  switch (part.type) {
    case 'text':
      return <Linked text={part.text} />
    case 'chosen':
      return <>{part.label}</>
    case 'choices':
      return <Linked text={part.prompt} />
    case 'location': {
      const at = `https://www.openstreetmap.org/?mlat=${part.lat}&mlon=${part.lon}#map=16/${part.lat}/${part.lon}`
      const under = part.address ?? `${part.lat.toFixed(5)}, ${part.lon.toFixed(5)}`
      return <Card icon="pin" href={at} name={part.name ?? chat.say('Location')} under={under} />
    }
    case 'contact':
      return <Card icon="reply" href={`tel:${part.phones[0]}`} name={part.name} under={part.phones.join(', ')} />
    case 'link':
      return <Card icon="reply" href={part.url} name={part.title ?? part.url} under={part.text} />
    case 'image':
    case 'sticker':
    case 'video':
    case 'audio':
    case 'voice':
    case 'file':
      return <Media part={part} chat={chat} />
    default:
      return null
  }
}

function Media({ part, chat }: { part: MediaPart; chat: Chat }) {
  const url = part.url.startsWith('/') ? chat.root.replace(/\/widget\/.*/, '') + part.url : part.url
  const { width, height } = part
  return (
    <>
      {part.type === 'image' || part.type === 'sticker' ? (
        <Out kind="pic" href={url}>
          <img
            src={url}
            alt={part.caption ?? part.name ?? chat.say('Photo')}
            width={width}
            height={height}
            loading="lazy"
          />
        </Out>
      ) : part.type === 'video' ? (
        // biome-ignore lint/a11y/useMediaCaption: the business's own clips come without captions
        <video class="pic" src={url} controls preload="metadata" width={width} height={height} />
      ) : part.type === 'file' || !url ? (
        <Card icon="file" href={url} name={part.name ?? 'file'} under={sizeOf(part.bytes)} />
      ) : (
        // biome-ignore lint/a11y/useMediaCaption: voice messages come without captions
        <audio src={url} controls preload="none" aria-label={part.name ?? chat.say('Voice message')} />
      )}
      {part.caption && <Linked text={part.caption} />}
    </>
  )
}

function Card({ icon, href, name, under }: { icon: IconName; href: string; name: string; under?: string | undefined }) {
  // A link from a message may lead to a page, a phone or a mail program, and nowhere else.
  const safe = /^(https?:|tel:|mailto:)/.test(href) ? href : undefined
  return (
    <Out kind="card" href={safe}>
      <Icon name={icon} />
      <span>
        <b>{name}</b>
        {under && <span class="meta">{under}</span>}
      </span>
    </Out>
  )
}

const sizeOf = (bytes = 0): string => `${Math.ceil(bytes / 1000)} KB`

/** Text with its addresses made into links. */
function Linked({ text }: { text: string }) {
  const pieces = text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/)
  return (
    <>
      {pieces.map((piece, n) =>
        n % 2 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never move
          <Out key={n} href={piece}>
            {piece}
          </Out>
        ) : (
          piece
        ),
      )}
    </>
  )
}
