import { bytesIn, charsetText, headerText, parametersOf } from './charset.ts'

/**
 * Reads a mail at once and without side effects: the libraries of npm do it asynchronously, and `parse` must be pure.
 * Nothing is refused: what is broken becomes text, so that nobody's words are lost. RFC 5322 and 2045 to 2047.
 */
export interface Entity {
  /** As IMAP numbers it (RFC 3501, 6.4.5); `1` for a mail of one part. */
  part: string
  headers: readonly [name: string, raw: string][]
  /** Lower-case, `text/plain` where none is given. */
  type: string
  params: Record<string, string>
  children: Entity[]
  /** As transferred, one character for each byte. Empty where there are children. */
  content: string
}

/** Nested deeper, or in more parts, nobody writes; what lies beyond stays undivided. */
const most = { depth: 30, parts: 1000 }

export function readMail(bytes: Uint8Array): Entity {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  // Some stores put the line of an mbox before it.
  const from = /^From [^\n]*\n/.exec(raw)
  return entity(from ? raw.slice(from[0].length) : raw, { path: '', depth: 0, count: { parts: 0 } })
}

interface Place {
  path: string
  depth: number
  count: { parts: number }
}

function entity(raw: string, place: Place, standard = 'text/plain'): Entity {
  const { headers, content } = parted(raw)
  const { value, params } = parametersOf(rawHeader(headers, 'content-type') ?? standard)
  const type = /^[^\s/;]+\/[^\s/;]+$/.test(value) ? value.toLowerCase() : standard
  const bare = { headers, type, params }
  place.count.parts++
  const pieces = type.startsWith('multipart/') && place.depth < most.depth ? split(content, params.boundary) : []
  if (!pieces.length || place.count.parts + pieces.length > most.parts) {
    const readable = type.startsWith('multipart/') ? { ...bare, type: 'text/plain' } : bare
    return { ...readable, part: place.path || '1', children: [], content }
  }
  const inner = type === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
  const children = pieces.map((piece, i) =>
    entity(
      piece,
      { ...place, path: place.path ? `${place.path}.${i + 1}` : String(i + 1), depth: place.depth + 1 },
      inner,
    ),
  )
  return { ...bare, part: place.path, children, content: '' }
}

/** Headers end at the first empty line, or where a line is none. */
function parted(raw: string): { headers: [string, string][]; content: string } {
  const headers: [string, string][] = []
  let at = 0
  while (at < raw.length) {
    const found = raw.indexOf('\n', at)
    const end = found < 0 ? raw.length : found
    const line = raw.slice(at, end).replace(/\r$/, '')
    if (line === '') return { headers, content: raw.slice(end + 1) }
    const last = headers.at(-1)
    if (/^[ \t]/.test(line) && last) last[1] += ` ${line.trim()}`
    else {
      const colon = line.indexOf(':')
      if (colon < 1 || /[\s]/.test(line.slice(0, colon).trimEnd())) return { headers, content: raw.slice(at) }
      headers.push([line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()])
    }
    at = end + 1
  }
  return { headers, content: '' }
}

/** The pieces between the lines that hold the boundary. A missing last line ends with the text. */
function split(content: string, boundary: string | undefined): string[] {
  if (!boundary) return []
  const pieces: string[] = []
  const mark = `--${boundary}`
  let begin = -1
  for (let at = content.indexOf(mark); at >= 0; at = content.indexOf(mark, at + mark.length)) {
    if (at > 0 && content[at - 1] !== '\n') continue
    const line = content.slice(at + mark.length, at + mark.length + 80)
    const rest = /^(--)?[ \t]*(\r?\n|$)/.exec(line)
    if (!rest) continue
    if (begin >= 0) pieces.push(content.slice(begin, at).replace(/\r?\n$/, ''))
    begin = at + mark.length + rest[0].length
    if (rest[1]) return pieces
    if (pieces.length > most.parts) break
  }
  if (begin >= 0) pieces.push(content.slice(begin))
  return pieces
}

const rawHeader = (headers: Entity['headers'], name: string): string | undefined =>
  headers.find(([known]) => known === name)?.[1]

/** A header in readable words; the first where there are several. */
export function header(of: Pick<Entity, 'headers'>, name: string): string {
  return headerText(rawHeader(of.headers, name) ?? '')
}

export const allOf = (of: Pick<Entity, 'headers'>, name: string): string[] =>
  of.headers.flatMap(([known, raw]) => (known === name ? [headerText(raw)] : []))

/** Only the headers of a mail, for what reads nothing else. */
export const headersOf = (bytes: Uint8Array): Pick<Entity, 'headers'> => {
  const raw = Buffer.from(bytes.subarray(0, 256_000)).toString('latin1')
  return { headers: parted(raw).headers }
}

/** The bytes that were sent. */
export const bytesOf = (of: Entity): Buffer => bytesIn(of.content, header(of, 'content-transfer-encoding'))

/** The words of a part of text, in whatever letters they were written. */
export function textOf(of: Entity): string {
  const text = charsetText(bytesOf(of), of.params.charset).replace(/\r\n?/g, '\n')
  return /flowed/i.test(of.params.format ?? '') ? unflowed(text, /yes/i.test(of.params.delsp ?? '')) : text
}

/** RFC 3676: a line that ends with a space goes on in the next one. */
function unflowed(text: string, delsp: boolean): string {
  const lines: string[] = []
  let open = false
  for (const line of text.split('\n')) {
    const bare = line.startsWith(' ') ? line.slice(1) : line
    if (open && !bare.startsWith('>')) lines[lines.length - 1] += bare
    else lines.push(bare)
    open = / $/.test(bare) && bare !== '-- ' && !bare.startsWith('>')
    if (open && delsp) lines[lines.length - 1] = lines.at(-1)!.slice(0, -1)
  }
  return lines.join('\n')
}

export interface Named {
  disposition: string
  name: string
}

/** How a part wants to be shown, and what its file is called. */
export function dispositionOf(of: Entity): Named {
  const { value, params } = parametersOf(rawHeader(of.headers, 'content-disposition') ?? '')
  return { disposition: value.toLowerCase(), name: params.filename || of.params.name || '' }
}

/** Every part that has no parts of its own, in order. */
export function leavesOf(of: Entity): Entity[] {
  return of.children.length ? of.children.flatMap(leavesOf) : [of]
}
