/** Letters and transfer encodings of mail: RFC 2045, 2047 and 2231. Strings called raw hold one byte in each character. */

/** What is not in the tables of WHATWG is read as UTF-8 if it is that, and as Windows' Latin letters otherwise. */
export function charsetText(bytes: Uint8Array, charset = ''): string {
  const label = charset
    .toLowerCase()
    .trim()
    .replace(/^cp-?(125\d|866)$/, 'windows-$1')
  if (label && !/^(us-)?ascii$|^ansi|^unknown|^8bit|^7bit|^utf-?8$/.test(label)) {
    const decoder = decoderOf(label === 'windows-866' ? 'ibm866' : label)
    if (decoder) return decoder.decode(bytes)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder(/utf/.test(label) ? 'utf-8' : 'windows-1252').decode(bytes)
  }
}

function decoderOf(label: string): TextDecoder | undefined {
  try {
    return new TextDecoder(label)
  } catch {
    return undefined
  }
}

const raw = (text: string): Buffer => Buffer.from(text, 'latin1')

export function bytesIn(content: string, encoding: string): Buffer {
  switch (encoding.toLowerCase().trim()) {
    case 'base64':
      return Buffer.from(content.replace(/[^A-Za-z0-9+/]/g, ''), 'base64')
    case 'quoted-printable':
      return raw(unquoted(content.split('\n').map(softly).join('')))
    default:
      return raw(content)
  }
}

/** Spaces at the end of a line were added on the way; `=` there joins it with the next. */
function softly(line: string, i: number, all: string[]): string {
  const words = line.trimEnd()
  if (words.endsWith('=')) return words.slice(0, -1)
  return i === all.length - 1 ? words : `${words}${line.endsWith('\r') ? '\r\n' : '\n'}`
}

const unquoted = (text: string): string =>
  text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

const encodedWord = /=\?([^?\s*]{1,40})(?:\*[^?\s]{0,40})?\?([bq])\?([^?]*)\?=/gi

/** A header with its encoded words read. Neighbours of one charset are one text: some clients cut within a letter. */
export function headerText(value: string): string {
  const joined = value.replace(/\?=[ \t]+(?==\?[^?\s]{1,80}\?[bq]\?)/gi, '?=')
  let said = ''
  let at = 0
  let open: { charset: string; bytes: Buffer[] } | undefined
  const close = () => {
    if (open) said += charsetText(Buffer.concat(open.bytes), open.charset)
    open = undefined
  }
  for (const match of joined.matchAll(encodedWord)) {
    const [whole, charset = '', kind = '', content = ''] = match
    if (match.index > at || open?.charset !== charset.toLowerCase()) close()
    said += charsetText(raw(joined.slice(at, match.index)))
    open ??= { charset: charset.toLowerCase(), bytes: [] }
    open.bytes.push(/b/i.test(kind) ? bytesIn(content, 'base64') : raw(unquoted(content.replaceAll('_', ' '))))
    at = match.index + whole.length
  }
  close()
  return clean(said + charsetText(raw(joined.slice(at))))
}

/** No control characters: they are nobody's words, and a line break in a header is somebody's attack. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken away
const clean = (text: string): string => text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim()

/** `text/plain; charset=utf-8`, with the continued and encoded values of RFC 2231. */
export function parametersOf(value: string): { value: string; params: Record<string, string> } {
  const found = new Map<string, { index: number; encoded: boolean; text: string }[]>()
  const limited = value.slice(0, 10_000)
  const pattern = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g
  for (const [, name = '', quoted, bare = ''] of limited.matchAll(pattern)) {
    const [base = '', index = '0', star] = name.toLowerCase().split('*')
    const text = quoted?.replace(/\\(.)/g, '$1') ?? bare.trim()
    const pieces = found.get(base) ?? []
    pieces.push({ index: Number(index) || 0, encoded: name.endsWith('*') || star === '', text })
    found.set(base, pieces)
  }
  const params = Object.fromEntries([...found].map(([name, pieces]) => [name, joinedValue(pieces)]))
  return { value: limited.split(';')[0]!.trim(), params }
}

function joinedValue(pieces: { index: number; encoded: boolean; text: string }[]): string {
  const sorted = pieces.sort((a, b) => a.index - b.index)
  if (!sorted.some(piece => piece.encoded)) return headerText(sorted.map(piece => piece.text).join(''))
  const [, charset = '', first] = /^([^']*)'[^']*'(.*)$/s.exec(sorted[0]!.text) ?? []
  const texts = sorted.map(({ text, encoded }, i) => {
    const own = i === 0 && first !== undefined ? first : text
    return encoded ? unquoted(own.replaceAll('=', '=3D').replaceAll('%', '=')) : own
  })
  return clean(charsetText(raw(texts.join('')), charset))
}
