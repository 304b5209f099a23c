import type { Chat } from './chat.ts'

/** Dark or light as the page asks (`data-theme`) or the system says, and the business's own colour. */
export function dress(host: HTMLElement, { theme, color }: DOMStringMap, { kept }: Chat): void {
  host.dataset.look = theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
  const fill = kept.face?.colors?.fill ?? color
  if (fill) host.style.setProperty('--accent', fill)
  if (fill) host.style.setProperty('--on-accent', kept.face?.colors?.ink ?? '#fff')
}
