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

/** What is drawn in the round mark of a messenger, by kind; the others get the first letter of their name. */
const drawings: Readonly<Record<string, string>> = {
  whatsapp: 'whatsapp',
  telegram: 'telegram',
  viber: 'viber',
  site: 'site',
  messenger: 'messenger',
  instagram: 'instagram',
  vk: 'vk',
  ok: 'ok',
  max: 'max',
  line: 'line',
  wechat: 'wechat',
  wecom: 'wecom',
  email: 'email',
  twilio: 'sms',
  vonage: 'sms',
  smpp: 'sms',
  'sms-gateway': 'sms',
  rcs: 'sms',
  matrix: 'matrix',
  slack: 'slack',
}

/** The round mark of a messenger in its colour (`--m-<kind>` of the tokens), or in a quiet one where it has none. */
export function Mark({ kind, size }: { kind: string; size?: 'big' }) {
  const drawing = drawings[kind]
  const style: CSSProperties = { background: `var(--m-${kind}, var(--m-other))` }
  return (
    <span className={size ? `mark ${size}` : 'mark'} style={style} aria-hidden="true">
      {drawing ? (
        <svg aria-hidden="true">
          <use href={`#m-${drawing}`} />
        </svg>
      ) : (
        kind.charAt(0).toUpperCase()
      )}
    </span>
  )
}
