import sprite from './sprite.svg?raw'

document.body.insertAdjacentHTML('afterbegin', sprite)

export type IconName =
  | 'ask'
  | 'back'
  | 'bag'
  | 'bin'
  | 'check'
  | 'check2'
  | 'clip'
  | 'clock'
  | 'copy'
  | 'down'
  | 'eye'
  | 'file'
  | 'find'
  | 'gauge'
  | 'grid'
  | 'image'
  | 'in'
  | 'key'
  | 'lock'
  | 'mail'
  | 'menu'
  | 'mic'
  | 'moon'
  | 'more'
  | 'out'
  | 'pen'
  | 'people'
  | 'pin'
  | 'plus'
  | 'repeat'
  | 'reply'
  | 'send'
  | 'server'
  | 'stop'
  | 'sun'
  | 'swap'
  | 'x'

/** A drawn icon, 20 by 20 or small 16, in the colour of the text around it. */
export function Icon({ name, small }: { name: IconName; small?: true }) {
  return (
    <svg className={small ? 'i s' : 'i'} aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  )
}

const drawn = new Set([...document.querySelectorAll('symbol[id^="m-"]')].map(symbol => symbol.id.slice(2)))
/** Companies that carry text messages have one drawing, each its own colour. */
const carriers = ['twilio', 'vonage', 'smpp', 'sms-gateway']
const drawingOf = (kind: string) => (carriers.includes(kind) ? 'sms' : drawn.has(kind) ? kind : 'other')

/** The messenger's round mark; a speech bubble where nobody has drawn one. */
export function Mark({ kind }: { kind: string }) {
  return (
    <span className="mark" style={{ background: `var(--m-${kind}, var(--m-other))` }} aria-hidden="true">
      <svg aria-hidden="true">
        <use href={`#m-${drawingOf(kind)}`} />
      </svg>
    </span>
  )
}
