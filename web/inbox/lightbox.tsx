import { FocusTrap, Portal } from '@mantine/core'
import { useState } from 'react'
import { useKeys } from '../parts/hooks.ts'
import { Icon } from '../parts/icon.tsx'
import { t } from '../say.ts'
import type { Media } from './media.tsx'

interface LightboxProps {
  pictures: readonly Media[]
  start: number
  close: () => void
}

/** A picture as large as the screen; arrows go through the album. */
export function Lightbox({ pictures, start, close }: LightboxProps) {
  const [at, setAt] = useState(start)
  const step = (by: number) => setAt(Math.max(0, Math.min(pictures.length - 1, at + by)))
  useKeys(event => {
    if (event.key === 'ArrowRight') step(1)
    if (event.key === 'ArrowLeft') step(-1)
    if (event.key !== 'Escape') return
    event.preventDefault()
    close()
  })
  const picture = pictures[at]!
  const caption = picture.caption ?? ''
  return (
    <Portal>
      <FocusTrap active>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same */}
        <div
          className="lightbox"
          role="dialog"
          aria-modal="true"
          aria-label={t('Photo')}
          onClick={event => event.target === event.currentTarget && close()}
        >
          <img src={picture.url} alt={caption || t('Photo')} />
          <Corner url={picture.url} close={close} />
          {at > 0 && (
            <button type="button" className="tool prev" aria-label={t('Previous')} onClick={() => step(-1)}>
              <Icon name="back" />
            </button>
          )}
          {at < pictures.length - 1 && (
            <button type="button" className="tool next" aria-label={t('Next')} onClick={() => step(1)}>
              <Icon name="back" />
            </button>
          )}
          {caption && <p>{caption}</p>}
        </div>
      </FocusTrap>
    </Portal>
  )
}

function Corner({ url, close }: { url: string; close: () => void }) {
  return (
    <>
      <a className="tool open" href={url} target="_blank" rel="noreferrer" aria-label={t('Open in a new tab')}>
        <Icon name="out" />
      </a>
      <button type="button" className="tool x" aria-label={t('Close window')} onClick={close}>
        <Icon name="x" />
      </button>
    </>
  )
}
