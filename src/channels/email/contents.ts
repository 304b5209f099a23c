import type { MediaPart, MediaType, Part } from '../../domain/message.ts'
import { present } from '../kit.ts'
import { escaped } from './allowed.ts'
import { fold } from './fold.ts'
import { readHtml } from './html.ts'
import { allOf, bytesOf, dispositionOf, type Entity, header, textOf } from './mime.ts'
import type { Mail } from './parse.ts'
import { peopleIn, shown } from './people.ts'

export type MailPart = Extract<Part, { type: 'mail' }>

/** The words first, then the files in the mail's own order. */
export function contentsOf(mail: Mail): { words: MailPart; parts: Part[] } {
  const found: Found = { words: [], files: [], odd: [] }
  collect(mail.root, found)
  const files = found.files.map(leaf => fileOf(leaf, mail))
  const cids = new Map(found.files.map((leaf, i) => [contentId(leaf), i + 1]))
  const words = wordsOf(mail, found.words, cid => cids.get(decoded(cid)))
  return { words, parts: [words, ...files, ...found.odd.map(what => ({ type: 'unsupported', what }) as const)] }
}

interface Words {
  plain?: Entity
  html?: Entity
}
interface Found {
  words: Words[]
  files: Entity[]
  /** What cannot be read at all. */
  odd: string[]
}

function collect(of: Entity, found: Found): void {
  if (
    of.type === 'multipart/encrypted' ||
    (of.type === 'application/pkcs7-mime' && !/signed/i.test(of.params['smime-type'] ?? ''))
  )
    found.odd.push('encrypted mail')
  if (of.type === 'multipart/alternative' && of.children.length) return alternative(of, found)
  if (of.children.length) for (const child of of.children) collect(child, found)
  else leaf(of, found)
}

/** The same twice: plain words for us, HTML for the eye. Both keep what else lies beside them. */
function alternative(of: Entity, found: Found): void {
  const inner: Found = { words: [], files: [], odd: found.odd }
  for (const child of of.children) if (child.type !== 'text/x-amp-html') collect(child, inner)
  const plain = inner.words.find(words => words.plain && textOf(words.plain).trim())?.plain
  const html = inner.words.findLast(words => words.html)?.html
  if (plain || html) found.words.push(present({ plain, html }))
  found.files.push(...inner.files)
}

function leaf(of: Entity, found: Found): void {
  const { disposition, name } = dispositionOf(of)
  const isWords = (of.type === 'text/plain' || of.type === 'text/html') && disposition !== 'attachment' && !name
  if (!isWords) return void (of.content.trim() && found.files.push(of))
  found.words.push(of.type === 'text/html' ? { html: of } : { plain: of })
}

/** Longer than this nobody reads in a thread; the original is kept. */
const longest = { html: 200_000, text: 200_000 }

function wordsOf(mail: Mail, words: Words[], file: (cid: string) => number | undefined): MailPart {
  const subject = header(mail.root, 'subject')
  const pages = words.map(({ html }) => html && readHtml(textOf(html).slice(0, 2_000_000), file))
  const folded = words.map(({ plain }, i) => {
    const page = pages[i]
    const { text, quoted } = plain ? fold(textOf(plain), subject) : fold(page?.text ?? '', subject)
    const rest = [quoted, plain ? '' : page?.quoted].filter(Boolean).join('\n\n')
    return text ? { text, quoted: rest } : { text: rest, quoted: '' }
  })
  const html = pages.some(page => page && (page.text || page.quoted || page.html.includes('<img')))
    ? words
        .map(({ plain }, i) => pages[i]?.html ?? asHtml(textOf(plain!)))
        .filter(Boolean)
        .join('<hr>')
    : ''
  const joined = (key: 'text' | 'quoted') =>
    folded
      .map(one => one[key])
      .filter(Boolean)
      .join('\n\n')
  const cc = peopleIn(mail.root, 'cc').map(shown).slice(0, 50)
  return {
    type: 'mail',
    subject: subject.slice(0, 1000),
    text: joined('text').slice(0, longest.text),
    ...present({
      html: html.length <= longest.html ? html : undefined,
      quoted: joined('quoted').slice(0, longest.text),
      cc: cc.length ? cc : undefined,
      from: anotherWriter(mail),
    }),
  }
}

const asHtml = (text: string): string => text.trim() && `<p>${escaped(text.trim()).replaceAll('\n', '<br>')}</p>`

/** An answer to our mail that came from another address than we wrote to. */
const anotherWriter = ({ from, headers }: Mail): string | undefined =>
  headers.person && headers.person !== from?.address && from ? shown(from) : undefined

/** Where `media` finds the file again: the number of the mail in its mailbox, and its id in case it was moved. */
function fileOf(of: Entity, { id, headers }: Mail): MediaPart {
  const far = of.type === 'message/external-body' && of.params['access-type'] === 'x-parley' ? of.params : undefined
  const { mailbox, uidvalidity, uid } = headers
  const where = { mailbox, uidvalidity, uid, id, ...(far ? { far: far.part } : { part: of.part }) }
  const mime = far?.mime || of.type
  const name = (far ? far.name : dispositionOf(of).name) || (mime === 'message/rfc822' ? 'mail.eml' : '')
  const bytes = far ? Number(far.size) || undefined : bytesOf(of).length
  return {
    type: mediaTypeOf(mime),
    url: '',
    ref: JSON.stringify(present(where)),
    ...present({ mime, name: name.slice(0, 255), bytes }),
  }
}

function mediaTypeOf(mime: string): MediaType {
  const [family = ''] = mime.split('/')
  // A picture that no browser draws is a file.
  if (family === 'image') return /^image\/(png|jpe?g|gif|webp|avif|bmp)$/.test(mime) ? 'image' : 'file'
  return family === 'video' || family === 'audio' ? family : 'file'
}

const contentId = (of: Entity): string => (allOf(of, 'content-id')[0] ?? '').replace(/^<|>$/g, '')

function decoded(cid: string): string {
  try {
    return decodeURIComponent(cid)
  } catch {
    return cid
  }
}
