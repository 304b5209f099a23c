import { lazy, Suspense, useState } from 'react'
import type { Message } from '../../src/api/shapes.ts'
import type { MediaType } from '../../src/domain/message.ts'
import { Icon } from '../parts/icon.tsx'
import { t } from '../say.ts'
import { size } from '../time.ts'
import { kindIcon, kindName } from './summary.ts'

/** Comes when the first picture is opened. */
export const Lightbox = lazy(async () => ({ default: (await import('./lightbox.tsx')).Lightbox }))

export type Media = Extract<Message['parts'][number], { type: MediaType; url: string }>

/** The small form that the server keeps; other addresses as they are. */
export const thumb = (url: string): string => (url.startsWith('/api/') ? `${url}?size=thumb` : url)

const most = 4

/** Pictures of one message as a grid; a click opens them large. */
export function Album({ pictures }: { pictures: Media[] }) {
  const [open, setOpen] = useState<number>()
  const shown = pictures.slice(0, most)
  return (
    <div className={`album n${shown.length}`}>
      {shown.map((picture, i) => (
        <button
          key={picture.url}
          type="button"
          style={room(picture, shown.length)}
          aria-label={t('Open the photo {n}', { n: i + 1 })}
          onClick={() => setOpen(i)}
        >
          <img
            src={shown.length > 1 ? thumb(picture.url) : picture.url}
            alt={picture.caption ?? t('Photo')}
            loading="lazy"
          />
          {i === most - 1 && pictures.length > most && <span className="more">+{pictures.length - most}</span>}
        </button>
      ))}
      <Suspense>
        {open !== undefined && <Lightbox pictures={pictures} start={open} close={() => setOpen(undefined)} />}
      </Suspense>
    </div>
  )
}

const widest = 322
const highest = 360

/** How wide a single picture is drawn: as it is, or smaller, never larger. Undefined when its size is not known. */
export function drawnWidth({ width, height }: Media): number | undefined {
  return width && height ? Math.round(Math.min(width, widest, (highest * width) / height)) : undefined
}

/** A single picture keeps its room while it loads, so that nothing moves. */
function room(picture: Media, count: number): React.CSSProperties | undefined {
  const width = count === 1 ? drawnWidth(picture) : undefined
  return width ? { width, aspectRatio: `${picture.width} / ${picture.height}` } : undefined
}

export function Sticker({ part }: { part: Media }) {
  return (
    <div className="sticker">
      <img src={part.url} alt={part.caption ?? t('Sticker')} width="160" height="160" loading="lazy" />
    </div>
  )
}

export function Player({ part }: { part: Media }) {
  return (
    <div className="player">
      {part.type === 'video' ? (
        // biome-ignore lint/a11y/useMediaCaption: customers send videos without captions
        <video src={part.url} controls preload="metadata" playsInline aria-label={part.name ?? t('Video')} />
      ) : (
        <>
          {part.name && <div className="cut">{part.name}</div>}
          {/* biome-ignore lint/a11y/useMediaCaption: customers send sounds without captions */}
          <audio src={part.url} controls preload="none" aria-label={part.name ?? t('Audio')} />
        </>
      )}
    </div>
  )
}

export function FileCard({ part }: { part: Media }) {
  return (
    <a className="file" href={part.url} target="_blank" rel="noreferrer" download={part.name}>
      <span className="fi">
        <Icon name="file" />
      </span>
      <span className="grow">
        <span className="fname">{part.name ?? t(kindName[part.type] ?? 'File')}</span>
        <span className="said" style={{ display: 'block' }}>
          {[part.bytes && size(part.bytes), part.mime?.split('/').at(-1)?.slice(0, 12).toUpperCase()]
            .filter(Boolean)
            .join(', ')}
        </span>
      </span>
    </a>
  )
}

/** A file that is still being fetched, or that could not be had. */
export function MediaGap({ part }: { part: Media }) {
  const failed = part.state === 'failed'
  return (
    <div className={failed ? 'media-wait gone' : 'media-wait'}>
      {failed ? <Icon name={kindIcon[part.type] ?? 'file'} /> : <span className="spin" />}
      <span>
        {part.name && <span style={{ display: 'block' }}>{part.name}</span>}
        {failed
          ? (part.failure ?? t('This file could not be fetched'))
          : t('{kind} is being fetched', { kind: t(kindName[part.type] ?? 'File') })}
      </span>
    </div>
  )
}
