import type { CSSProperties } from 'react'
import sprite from './sprite.svg?raw'

/** All drawings of the app, once in the page. */
export function Sprite() {
  // The drawings are our own file, not somebody's input.
  // biome-ignore lint/security/noDangerouslySetInnerHtml: a bundled file
  return <div hidden dangerouslySetInnerHTML={{ __html: sprite }} />
}

export function Icon({ name, size, label }: { name: string; size?: 's'; label?: string }) {
  const classes = size ? `i ${size}` : 'i'
  const drawing = <use href={`#i-${name}`} />
  if (!label)
    return (
      <svg className={classes} aria-hidden="true">
        {drawing}
      </svg>
    )
  return (
    <svg className={classes} role="img" aria-label={label}>
      {drawing}
    </svg>
  )
}

interface Look {
  colour: string
  drawing?: string
  letter?: string
}

/** The round mark of each messenger; one that is not listed is shown by its first letter. */
const looks: Readonly<Record<string, Look>> = {
  whatsapp: { colour: 'var(--m-whatsapp)', drawing: 'whatsapp' },
  telegram: { colour: 'var(--m-telegram)', drawing: 'telegram' },
  viber: { colour: 'var(--m-viber)', drawing: 'viber' },
  vk: { colour: 'var(--m-vk)', drawing: 'vk' },
  line: { colour: 'var(--m-line)', drawing: 'line' },
  email: { colour: 'var(--m-email)', drawing: 'email' },
  site: { colour: 'var(--m-site)', drawing: 'site' },
  instagram: { colour: 'var(--m-instagram)', drawing: 'instagram' },
  max: { colour: 'var(--m-max)', drawing: 'max' },
  matrix: { colour: 'var(--m-matrix)', drawing: 'matrix' },
  slack: { colour: 'var(--m-slack)', drawing: 'slack' },
  ok: { colour: 'var(--m-sms)', drawing: 'ok' },
  messenger: { colour: 'var(--m-vk)', drawing: 'messenger' },
  'sms-gateway': { colour: 'var(--m-sms)', drawing: 'sms' },
  twilio: { colour: 'var(--m-sms)', drawing: 'sms' },
  vonage: { colour: 'var(--m-sms)', drawing: 'sms' },
  smpp: { colour: 'var(--m-sms)', drawing: 'sms' },
  rcs: { colour: 'var(--m-sms)', drawing: 'sms' },
}

export function Mark({ kind, size }: { kind: string; size?: 'big' }) {
  const look: Look = looks[kind] ?? { colour: 'var(--m-email)', letter: kind.charAt(0).toUpperCase() }
  const style: CSSProperties = { background: look.colour }
  return (
    <span className={size ? `mark ${size}` : 'mark'} style={style} aria-hidden="true">
      {look.drawing ? (
        <svg aria-hidden="true">
          <use href={`#m-${look.drawing}`} />
        </svg>
      ) : (
        look.letter
      )}
    </span>
  )
}
