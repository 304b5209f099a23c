import { useEffect, useRef } from 'react'
import { type Picture, pictures } from '../pictures.ts'
import { Icon, type IconName } from './icons.tsx'
import type { Look } from './looks.ts'
import { newsletter } from './newsletter.ts'
import type { Deed } from './state.ts'
import { pickedFile, pictureUrl, sampleFile, samplePhoto, tune } from './things.ts'

interface Props {
  look: Look
  send(deed: Deed): void
  /** The next words go below a post. */
  comment?(): void
  fail(why: string): void
  close(): void
}

/** Esc goes one level back. */
function useEscape(close: () => void): void {
  useEffect(() => {
    const key = (event: KeyboardEvent) => event.key === 'Escape' && close()
    addEventListener('keydown', key)
    return () => removeEventListener('keydown', key)
  })
}

const names = Object.keys(pictures) as Picture[]

/** The sheet behind the clip: pictures that are always at hand, a file of the visitor's own, and the rest. */
export function Attach({ look, send, comment, fail, close }: Props) {
  const picker = useRef<HTMLInputElement>(null)
  useEscape(close)
  const give = async (make: () => Deed | Promise<Deed>) => {
    close()
    try {
      send(await make())
    } catch (error) {
      fail((error as Error).message)
    }
  }
  const picked = (files: FileList | null) => {
    for (const file of files ?? []) void give(() => pickedFile(file))
  }
  return (
    <>
      <button type="button" className="veil" aria-label="Close" onClick={close} />
      <div className="sheet" role="dialog" aria-label="Attach">
        <div className="samples">
          {names.map(name => (
            <button
              type="button"
              key={name}
              aria-label={`Photo: ${name}`}
              onClick={() => give(() => samplePhoto(name))}
            >
              <img src={pictureUrl(name)} alt="" />
            </button>
          ))}
        </div>
        <div className="ways">
          <Way icon="image" text="Gallery" run={() => picker.current?.click()} />
          <Way icon="file" text="Document" run={() => give(sampleFile)} />
          {look.css === 'ml' && <Way icon="copy" text="Newsletter" run={() => give(newsletter)} />}
          {look.can.voice && <Way icon="mic" text="Voice" run={() => give(tune)} />}
          {look.can.place && <Way icon="pin" text="Location" run={() => give(() => market)} />}
          {look.can.card && <Way icon="people" text="Contact" run={() => give(() => friend)} />}
          {comment && look.can.comment && <Way icon="pen" text="Comment" run={comment} />}
        </div>
        <input ref={picker} type="file" multiple hidden onChange={event => picked(event.target.files)} />
      </div>
    </>
  )
}

const market: Deed = { do: 'location', lat: 60.1675, lon: 24.9525, name: 'Kauppatori' }
const friend: Deed = { do: 'contact', name: 'Leena Salo', phone: '358405550188' }

function Way({ icon, text, run }: { icon: IconName; text: string; run(): void }) {
  return (
    <button type="button" onClick={run}>
      <span>
        <Icon name={icon} />
      </span>
      {text}
    </button>
  )
}
