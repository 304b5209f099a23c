import type { Channel } from './house.ts'
import type { SessionAnswer } from './shapes.ts'

/** How the business presents itself in the chat. Worked out here, so that the widget stays small. */
export function presence(
  { settings, name }: Channel,
  conversation: string | null,
): Pick<SessionAnswer, 'name' | 'texts' | 'colors' | 'links'> {
  const { title, greeting, answerTime, color, links } = settings
  const listed = links.split(',').map(link => link.trim())
  return {
    name,
    texts: { title, greeting, answerTime },
    colors: color ? { fill: color, ink: luminance(color) > 0.36 ? '#1d1b19' : '#ffffff' } : null,
    links: listed.filter(usable).map(link => ({ name: nameOf(link), url: continued(link, conversation) })),
  }
}

const usable = (link: string): boolean => URL.canParse(link) && new URL(link).protocol === 'https:'

const messengers: Record<string, string> = {
  't.me': 'Telegram',
  'wa.me': 'WhatsApp',
  'm.me': 'Messenger',
  'vk.me': 'VK',
  'ig.me': 'Instagram',
  'line.me': 'LINE',
  'max.ru': 'MAX',
}

function nameOf(link: string): string {
  const host = new URL(link).hostname.replace(/^www\./, '')
  return messengers[host] ?? host
}

/** Where the messenger takes a reference, it says which conversation this person comes from. */
function continued(link: string, conversation: string | null): string {
  const url = new URL(link)
  const name = { 't.me': 'start', 'm.me': 'ref', 'vk.me': 'ref' }[url.hostname]
  if (name && conversation && !url.search) url.searchParams.set(name, `site-${conversation}`)
  return url.href
}

/** Relative luminance as WCAG 2 defines it: 0 black to 1 white. */
function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map(at => {
    const c = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
