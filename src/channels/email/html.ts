import { Parser } from 'htmlparser2'
import { attributesOf, escaped } from './allowed.ts'

/** What a mail's HTML says and how it may be shown: nothing that runs, nothing that loads, no names the page knows. */
export interface Read {
  /** Sanitised. */
  html: string
  text: string
  /** What the mail program itself marked as an earlier mail or a signature. */
  quoted: string
}

const kept = new Set(
  'a abbr b blockquote br caption center code col colgroup dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins li ol p pre q s small span strike strong sub sup table tbody td tfoot th thead tr tt u ul'.split(
    ' ',
  ),
)
/** Gone with everything in them. */
const gone = new Set(
  'script style head title noscript noembed noframes iframe frame frameset object embed applet svg math template textarea select option button audio video canvas xml xmp plaintext'.split(
    ' ',
  ),
)
const empty = new Set(['br', 'hr', 'img', 'col'])
const lines = new Set('p div tr table ul ol dl dt dd blockquote pre center h1 h2 h3 h4 h5 h6 hr caption'.split(' '))

/** Deeper than the first no page is laid out; deeper than the second no page is written, and parsers become slow. */
const deepest = { shown: 200, read: 3000 }
class TooDeep extends Error {}

/** `file` says under which number the message holds the picture that the mail calls by this content id. */
export function readHtml(source: string, file: (cid: string) => number | undefined): Read {
  const page = new Page(file)
  const parser = new Parser(page, { lowerCaseTags: true, lowerCaseAttributeNames: true, decodeEntities: true })
  try {
    parser.end(source)
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error
    return {
      html: '',
      text: source
        .replace(/<[^<>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
      quoted: '',
    }
  }
  return page.read()
}

class Page {
  private html: string[] = []
  private said: string[] = []
  private quoted: string[] = []
  /** What is open, and what it means to what stands in it. */
  private open: { name: string; shown: boolean; gone: boolean; quote: boolean; link: string }[] = []
  /** From here on all is an earlier mail: Outlook marks its beginning only. */
  private rest = false
  private file: (cid: string) => number | undefined

  constructor(file: (cid: string) => number | undefined) {
    this.file = file
  }

  onopentag(name: string, given: Record<string, string>): void {
    if (this.open.length > deepest.read) throw new TooDeep()
    const above = this.open.at(-1)
    if (begins(given)) this.rest = true
    const isGone = above?.gone || gone.has(name)
    const shown = !isGone && kept.has(name) && this.open.length < deepest.shown
    const quote = above?.quote || isQuote(name, given)
    const link = name === 'a' && /^(https?:|mailto:)/i.test(given.href ?? '') ? given.href! : ''
    this.open.push({ name, shown, gone: isGone, quote, link })
    if (isGone) return
    if (name === 'br' || lines.has(name)) this.say('\n')
    if (name === 'li') this.say('\n• ')
    if (shown) this.html.push(`<${name}${attributesOf(name, given, this.file)}>`)
  }

  onclosetag(name: string): void {
    const closed = this.open.pop()
    if (!closed || closed.gone) return
    if (closed.link) this.tellLink(closed.link)
    if (lines.has(name)) this.say('\n')
    if (name === 'p') this.say('\n')
    if (name === 'td' || name === 'th') this.say(' ')
    if (closed.shown && !empty.has(name)) this.html.push(`</${name}>`)
  }

  ontext(text: string): void {
    if (this.open.at(-1)?.gone) return
    this.html.push(escaped(text))
    this.say(this.open.some(({ name }) => name === 'pre') ? text : text.replace(/[ \t\r\n\f]+/g, ' '))
  }

  /** The address of a link, where its words do not tell it and it is short enough to be read. */
  private tellLink(href: string): void {
    const words = this.said.slice(-5).join('')
    const bare = href.replace(/^(https?:\/\/|mailto:)/i, '').replace(/\/$/, '')
    if (href.length <= 150 && !words.includes(bare)) this.say(` (${href.replace(/^mailto:/i, '')})`)
  }

  private say(text: string): void {
    const to = this.rest || this.open.at(-1)?.quote ? this.quoted : this.said
    to.push(text)
  }

  read(): Read {
    return { html: this.html.join('').trim(), text: tidy(this.said), quoted: tidy(this.quoted) }
  }
}

const quoteClass =
  /(^|[\s_-])(gmail_quote|gmail_signature|yahoo_quoted|protonmail_quote|moz-cite-prefix|moz-signature|zmail_extra|tutanota_quote|gmail_attr)/i

const isQuote = (name: string, { class: named = '', type, id = '' }: Record<string, string>): boolean =>
  quoteClass.test(named) || (name === 'blockquote' && type === 'cite') || /^(x_)?signature$/i.test(id)

/** Outlook and its kin put this before the earlier mail, which follows as brothers of it. */
const begins = ({ id = '' }: Record<string, string>): boolean =>
  /^(x_)?(divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|mail-editor-reference-message-container|stopSpelling)$/i.test(
    id,
  )

const tidy = (words: string[]): string =>
  words
    .join('')
    .replace(/[\u00a0\u2007]/g, ' ')
    .replace(/(?:\u200b|\u200c|\u200d|\u034f|\ufeff){2,}/g, '')
    // In this order: a pattern that begins with any number of spaces would look at long runs of them again and again.
    .replace(/ {2,}/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
