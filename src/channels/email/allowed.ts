/** What of a mail's HTML may reach a screen. A list of what is allowed: what nobody thought of is not. */

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const plain = new Set(
  'alt title width height align valign bgcolor color face size border cellpadding cellspacing colspan rowspan dir lang start'.split(
    ' ',
  ),
)

/** The attributes in the form of HTML. Pictures of the mail itself are called `cid:<number of the part>`. */
export function attributesOf(
  name: string,
  given: Record<string, string>,
  file: (cid: string) => number | undefined,
): string {
  const kept: string[] = []
  for (const [key, value] of Object.entries(given)) {
    const allowed = plain.has(key)
      ? value
      : key === 'style'
        ? styleOf(value)
        : name === 'a' && key === 'href'
          ? linkOf(value)
          : name === 'img' && key === 'src'
            ? pictureOf(value, file)
            : ''
    if (allowed) kept.push(` ${key}="${escaped(allowed)}"`)
  }
  if (name === 'a') kept.push(' target="_blank" rel="noopener noreferrer nofollow"')
  return kept.join('')
}

/** Spaces and control characters within a scheme are skipped by browsers, so they go first. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken away
const address = (value: string): string => value.replace(/[\u0000-\u0020\u007f]+/g, '')

const linkOf = (value: string): string => (/^(https?:\/\/|mailto:|tel:)/i.test(address(value)) ? address(value) : '')

function pictureOf(value: string, file: (cid: string) => number | undefined): string {
  const src = address(value)
  if (/^cid:/i.test(src)) {
    const number = file(src.slice(4))
    return number === undefined ? '' : `cid:${number}`
  }
  if (/^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/i.test(src)) return src
  return /^https?:\/\//i.test(src) ? src : ''
}

const styles =
  /^(color|background-color|font(-family|-size|-style|-weight)?|text-(align|decoration|indent|transform)|line-height|letter-spacing|white-space|(max-|min-)?(width|height)|margin(-\w+)?|padding(-\w+)?|border(-[\w-]+)?|display|vertical-align|list-style-type|direction)$/

/** No addresses, no escapes, nothing that leaves its place. */
const styleOf = (value: string): string =>
  value
    .slice(0, 4000)
    .split(';')
    .map(one => one.split(':'))
    .map(([key = '', ...rest]) => (/^\s*background\s*$/i.test(key) ? groundOf(rest.join(':')) : [key, ...rest]))
    .filter(([key = '', ...rest]) => {
      const said = rest.join(':')
      return styles.test(key.trim().toLowerCase()) && said.trim() && !/[\\<>@]|url|expression|\/\*/i.test(said)
    })
    .map(([key = '', ...rest]) => `${key.trim().toLowerCase()}:${rest.join(':').trim()}`)
    .join(';')

/** Of `background` its colour stays: without it white words on a coloured button would stand on white. */
const groundOf = (value: string): string[] => [
  'background-color',
  /(?:^|\s)(#[\da-f]{3,8}|rgba?\([\d.,%\s/]+\)|[a-z]{3,20})(?=\s|$)/i.exec(value)?.[1] ?? '',
]
