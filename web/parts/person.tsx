import { type CSSProperties, useState } from 'react'
import { Mark } from './icon.tsx'

/** One of six grounds, always the same for the same name. */
function groundOf(name: string): number {
  let sum = 0
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)!) >>> 0
  return (sum % 6) + 1
}

/** Two letters of a name; of a bare number its last two digits. */
export function initials(name: string): string {
  const letters = name.split(/[\s@]+/u).flatMap(word => /\p{L}/u.exec(word)?.[0] ?? [])
  if (!letters.length) return name.replace(/\D/g, '').slice(-2) || '?'
  return [letters[0], letters.length > 1 ? letters.at(-1) : ''].join('').toUpperCase()
}

interface AvatarProps {
  name: string
  size?: number
  url?: string | undefined
  kind?: string | undefined
  /** Shown under the pointer, for the small ones whose name stands nowhere else. */
  title?: string
  className?: string
}

export function Avatar({ name, size = 40, url, kind, title, className = '' }: AvatarProps) {
  const n = groundOf(name)
  // Networks give addresses of pictures that lapse after days.
  const [lapsed, setLapsed] = useState<string>()
  const style = { '--z': `${size}px`, background: `var(--p${n})`, color: `var(--p${n}i)` } as CSSProperties
  return (
    <span
      className={`av ${className}`}
      style={style}
      title={title}
      {...(title ? { role: 'img', 'aria-label': title } : {})}
    >
      {url && url !== lapsed ? (
        <img src={url} alt="" loading="lazy" onError={() => setLapsed(url)} />
      ) : (
        <span className="letters" data-letters={initials(name)} />
      )}
      {kind && <Mark kind={kind} />}
    </span>
  )
}
