import type { MediaPart, Part } from '../../src/domain/message.ts'
import { Icon } from './icons.tsx'
import type { Words } from './words.ts'

/** One part of a bubble, as a phone shows it. Buttons are drawn apart: they hang under the bubble. */
export function PartView({ part, words }: { part: Part; words: Words }) {
  switch (part.type) {
    case 'text':
      return <Linked text={part.text} />
    case 'mail':
      return <Linked text={part.text} />
    case 'choices':
      return part.prompt ? <Linked text={part.prompt} /> : null
    case 'chosen':
      return <span>{part.label}</span>
    case 'image':
    case 'sticker':
    case 'video':
      return (
        <>
          <Seen part={part} words={words} />
          {part.caption && <Linked text={part.caption} />}
        </>
      )
    case 'voice':
    case 'audio':
      // biome-ignore lint/a11y/useMediaCaption: what customers say has no captions
      return <audio className="sound" src={part.url} controls preload="metadata" />
    case 'file':
      return (
        <>
          <Tile icon="file" href={part.url} title={part.name ?? 'file'} under={size(part.bytes)} />
          {part.caption && <Linked text={part.caption} />}
        </>
      )
    default:
      return <Rare part={part} words={words} />
  }
}

function Seen({ part, words }: { part: MediaPart; words: Words }) {
  if (part.state === 'pending') return <div className="pic blank" />
  // biome-ignore lint/a11y/useMediaCaption: what customers film has no captions
  if (part.type === 'video') return <video className="pic" src={part.url} controls preload="metadata" />
  return (
    <a className={part.type === 'sticker' ? 'stick' : 'pic'} href={part.url} target="_blank" rel="noreferrer">
      <img src={part.url} alt={part.caption ?? words.photo} />
    </a>
  )
}

type Usual = 'text' | 'mail' | 'choices' | 'chosen' | 'image' | 'sticker' | 'video' | 'voice' | 'audio' | 'file'

function Rare({ part, words }: { part: Exclude<Part, { type: Usual }>; words: Words }) {
  switch (part.type) {
    case 'location':
      return <Place lat={part.lat} lon={part.lon} title={part.name ?? part.address} />
    case 'contact':
      return (
        <Tile
          icon="people"
          title={part.name}
          under={part.phones.map(phone => `+${phone.replace(/^\+/, '')}`).join(', ')}
        />
      )
    case 'link':
      return <Tile icon="out" href={part.url} title={part.title ?? part.url} under={part.text} />
    case 'poll':
      return (
        <>
          <b>{part.question}</b>
          {part.options.map(option => (
            <div key={option.label}>○ {option.label}</div>
          ))}
        </>
      )
    case 'order':
      return (
        <Tile
          icon="bag"
          title={part.text ?? 'Order'}
          under={part.items.map(item => `${item.quantity} × ${item.name ?? item.product}`).join(', ')}
        />
      )
    case 'form':
      return <Tile icon="file" title={part.name} under={Object.values(part.fields).join(', ')} />
    case 'template':
      return <span>{[part.name, ...part.values].join(' · ')}</span>
    default:
      return <i className="gone">{'what' in part ? `${words.unknown}: ${part.what}` : words.unknown}</i>
  }
}

function Tile(props: { icon: 'file' | 'people' | 'out' | 'bag'; title: string; under?: string; href?: string }) {
  const inside = (
    <>
      <span className="tile-i">
        <Icon name={props.icon} />
      </span>
      <span className="grow">
        <b className="cut">{props.title}</b>
        {props.under && <small className="cut">{props.under}</small>}
      </span>
    </>
  )
  if (!props.href) return <div className="tile">{inside}</div>
  return (
    <a className="tile" href={props.href} target="_blank" rel="noreferrer">
      {inside}
    </a>
  )
}

/** A map drawn here: nothing is asked of an outside map service. */
function Place({ lat, lon, title }: { lat: number; lon: number; title?: string }) {
  const turn = Math.round((lat * 7 + lon * 13) % 40)
  return (
    <>
      <div className="pic map">
        <svg viewBox="0 0 200 100" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
          <g transform={`rotate(${turn} 100 50)`}>
            <path d="M-60 30h320M-60 74h320M40-60v220M118-60v220M176-60v220" className="street" />
            <path d="M-60 96C40 40 120 130 260 60" className="water" />
          </g>
          <path className="here" d="M100 62s15-13 15-26a15 15 0 0 0-30 0c0 13 15 26 15 26z" />
          <circle cx="100" cy="36" r="5" fill="#fff" />
        </svg>
      </div>
      <span className="num">{title ?? `${lat.toFixed(4)}, ${lon.toFixed(4)}`}</span>
    </>
  )
}

function Linked({ text }: { text: string }) {
  const pieces = text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/)
  const key = (piece: string, at: number) => `${at}:${piece.length}`
  return (
    <span className="words">
      {pieces.map((piece, at) =>
        at % 2 ? (
          <a key={key(piece, at)} href={piece} target="_blank" rel="noreferrer">
            {piece}
          </a>
        ) : (
          piece
        ),
      )}
    </span>
  )
}

function size(bytes: number | undefined): string | undefined {
  if (!bytes) return undefined
  if (bytes < 1024) return `${bytes} B`
  return bytes < 1_048_576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`
}
