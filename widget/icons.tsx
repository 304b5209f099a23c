/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact'

const paths = {
  chat: 'M4 5h16v11H9l-5 4z M8 9.5h8 M8 12.5h5',
  close: 'M6 6l12 12 M18 6L6 18',
  clip: 'M19 11.5l-7.6 7.6a4.5 4.5 0 01-6.4-6.4l8.2-8.2a3 3 0 014.3 4.3l-8.2 8.1a1.5 1.5 0 01-2.1-2.1l7-7',
  pin: 'M12 21s-7-6-7-11.5a7 7 0 0114 0C19 15 12 21 12 21z M12 12a2.5 2.5 0 100-5 2.5 2.5 0 000 5z',
  send: 'M5 12h13 M12 5l7 7-7 7',
  file: 'M6 3h8l4 4v14H6z M14 3v4h4',
  reply: 'M9 7L4 12l5 5 M4 12h10a6 6 0 016 6',
  edit: 'M4 20l1-4L16 5l3 3L8 19z',
  bin: 'M5 7h14 M10 7V4h4v3 M7 7l1 13h8l1-13',
  clock: 'M12 21a9 9 0 100-18 9 9 0 000 18z M12 7v5l3 2',
  tick: 'M5 13l4 4L19 7',
  ticks: 'M1 13l4 4L14 7 M11 17l1 0L22 7',
}
export type IconName = keyof typeof paths

export const Icon = ({ name }: { name: IconName }) => (
  <svg viewBox="0 0 24 24" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)

/** A button that is an icon: its name is read aloud, and shown under the pointer. */
export const Tool = ({
  icon,
  name,
  run,
  kind = 'tool',
}: {
  icon: IconName
  name: string
  run: () => unknown
  kind?: string
}) => (
  <button type="button" class={kind} aria-label={name} title={name} onClick={run}>
    <Icon name={icon} />
  </button>
)

/** A link that leaves the page alone. */
export const Out = ({
  href,
  kind,
  children,
}: {
  href: string | undefined
  kind?: string
  children?: ComponentChildren
}) => (
  <a class={kind} href={href} target="_blank" rel="noopener noreferrer">
    {children}
  </a>
)
