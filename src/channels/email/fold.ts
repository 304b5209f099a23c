/** What was written now, and what is only carried along: earlier mails and signatures. Nothing is lost, it is folded. */
export interface Folded {
  text: string
  quoted: string
}

/** What a forwarded mail carries is what it was sent for. */
const forwarded = /^\s*(fwd?|fw|wg|tr|vl|vs fwd|enc|rv|пересл|пер|doorst)\s*:/i

export function fold(said: string, subject: string): Folded {
  const lines = said
    .trim()
    .split(/\r\n?|\n/)
    .map(line => (line === '-- ' ? line : line.trimEnd()))
  const text = lines.join('\n')
  if (isQuoted(lines[0]) || isQuoted(lines[introduced(lines)])) {
    const below = belowQuote(lines)
    if (below) return below
  }
  const ends = [signatureIn(lines), ...(forwarded.test(subject) ? [] : [originalIn(lines), quotedEndOf(lines)])]
  const end = Math.min(lines.length, ...ends.filter(at => at !== undefined))
  const own = lines.slice(0, end).join('\n').trim()
  // Nothing but a quotation: better too much than nothing.
  if (!own) return { text, quoted: '' }
  return { text: own, quoted: lines.slice(end).join('\n').trim() }
}

const phones =
  /^(sent from my |sent from (outlook|yahoo|mail) |get outlook for |отправлено (с|из) |lähetetty |von meinem .* gesendet|envoyé de mon |enviado desde mi |inviato da |skickat från min )/i

function signatureIn(lines: string[]): number | undefined {
  const dashes = lines.findIndex((line, i) => i > 0 && /^-- ?$/.test(line))
  if (dashes > 0) return dashes
  const last = lines.findLastIndex(line => line.trim() !== '')
  return last > 0 && phones.test(lines[last]!.trim()) ? last : undefined
}

const headerLine =
  /^\*?(from|sent|date|to|cc|subject|von|gesendet|datum|an|betreff|de|envoyé|date|à|objet|от|отправлено|дата|кому|копия|тема|lähettäjä|lähetetty|päivämäärä|vastaanottaja|kopio|aihe|från|skickat|till|ämne|van|verzonden|aan|onderwerp|da|inviato|a|oggetto|enviado|para|asunto|od|wysłano|do|temat)\*? ?:/i

/** Outlook's way: a line, or the headers of the earlier mail themselves. */
function originalIn(lines: string[]): number | undefined {
  for (const [i, line] of lines.entries()) {
    if (/^\s*-{3,}\s*(original|ursprüngliche|message d.origine|исходное|alkuperäinen|mensaje original)/i.test(line))
      return i
    if (!headerLine.test(line)) continue
    const next = lines.slice(i, i + 6).filter(other => headerLine.test(other))
    if (next.length < 3) continue
    return i > 0 && /^_{5,}\s*$/.test(lines[i - 1]!) ? i - 1 : i
  }
  return undefined
}

const isQuoted = (line: string | undefined): boolean => /^\s*>/.test(line ?? '')

/** The quotation at the end, with the line that introduces it in whatever language: it ends with a colon. */
function quotedEndOf(lines: string[]): number | undefined {
  let at = lines.length
  while (at > 0 && (isQuoted(lines[at - 1]) || lines[at - 1]!.trim() === '')) at--
  if (!lines.slice(at).some(isQuoted)) return undefined
  return at - introduction(lines.slice(Math.max(0, at - 3), at))
}

/** `On Monday, Anna wrote:` may be broken into three lines. */
function introduction(before: string[]): number {
  if (!/[:：]\s*$/.test(before.at(-1) ?? '')) return 0
  const empty = before.findLastIndex(line => line.trim() === '')
  const lines = before.slice(empty + 1)
  const first = lines.findIndex(line => /\d/.test(line))
  return first < 0 ? 1 : lines.length - first
}

/** The line after an introduction at the beginning. */
const introduced = (lines: string[]): number => lines.slice(0, 3).findIndex(line => /[:：]\s*$/.test(line)) + 1

/** An answer that stands below one quotation. Answers between quotations stay where they are: they are read together. */
function belowQuote(lines: string[]): Folded | undefined {
  const begin = lines.findIndex(isQuoted)
  const after = lines.findIndex((line, i) => i > begin && !isQuoted(line) && line.trim() !== '')
  if (after < 0 || lines.slice(after).some(isQuoted)) return undefined
  const rest = fold(lines.slice(after).join('\n'), '')
  const quoted = [lines.slice(0, after).join('\n').trim(), rest.quoted].filter(Boolean).join('\n\n')
  return { text: rest.text, quoted }
}
