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
  | 'gauge'
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

/** The messenger's round mark. */
export function Mark({ kind }: { kind: string }) {
  return (
    <span className="mark" style={{ background: `var(--m-${kind})` }} aria-hidden="true">
      <svg aria-hidden="true">
        <use href={`#m-${kind}`} />
      </svg>
    </span>
  )
}
