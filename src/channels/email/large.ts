import type { FetchMessageObject, ImapFlow, MessageStructureObject } from 'imapflow'

/** Larger mails are stored without their files, which are fetched when they are wanted. */
export const whole = 4_000_000
/** Nobody writes that many words. The rest of them is in the mailbox. */
const words = 1_000_000

/** The mail itself; of a large one its headers and words, and a note of where each file lies (RFC 2046, 5.2.3). */
export async function sourceOf(
  client: ImapFlow,
  meta: FetchMessageObject,
  how: 'whole' | 'words',
): Promise<Uint8Array | undefined> {
  const range = [String(meta.uid), { uid: true }] as const
  if (how === 'whole' || !meta.bodyStructure) {
    const mail = await client.fetchOne(range[0], { source: true }, range[1])
    return mail ? mail.source : undefined
  }
  const texts = leaves(meta.bodyStructure).filter(isText)
  const bodyParts = texts.map(leaf => ({ key: leaf.part ?? '1', start: 0, maxLength: words }))
  const mail = await client.fetchOne(range[0], { headers: true, bodyParts }, range[1])
  const headers = mail ? mail.headers : undefined
  if (!mail || !headers) return undefined
  const content = (part: string) => mail.bodyParts?.get(part.toLowerCase())?.toString('latin1') ?? ''
  return Buffer.from(`${headersOf(headers)}${written(meta.bodyStructure, content, '1')}`, 'latin1')
}

const leaves = (node: MessageStructureObject): MessageStructureObject[] =>
  node.childNodes?.length && node.type.startsWith('multipart/') ? node.childNodes.flatMap(leaves) : [node]

const isText = (node: MessageStructureObject): boolean =>
  /^(text\/(plain|html)|message\/(delivery-status|disposition-notification)|text\/rfc822-headers)$/i.test(node.type) &&
  node.disposition?.toLowerCase() !== 'attachment'

/** Without those that the new body brings along. */
const headersOf = (headers: Buffer): string =>
  headers
    .toString('latin1')
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .filter(line => line && !/^(content-[\w-]+|mime-version):/i.test(line))
    .map(line => `${line}\r\n`)
    .join('')

/** One part with its headers, after those that stand before it. */
function written(node: MessageStructureObject, content: (part: string) => string, place: string): string {
  const children = node.type.startsWith('multipart/') ? (node.childNodes ?? []) : []
  if (children.length) {
    const boundary = `parley-${place.replaceAll('.', '-')}`
    const pieces = children.map((child, i) => `--${boundary}\r\n${written(child, content, `${place}.${i + 1}`)}\r\n`)
    return `Content-Type: ${node.type}; boundary="${boundary}"\r\n\r\n${pieces.join('')}--${boundary}--\r\n`
  }
  const part = node.part ?? '1'
  if (!isText(node)) return elsewhere(node, part)
  const params = Object.entries(node.parameters ?? {}).map(([name, value]) => parameter(name, String(value)))
  const encoding = node.encoding ? `Content-Transfer-Encoding: ${node.encoding}\r\n` : ''
  return `Content-Type: ${node.type}${params.join('')}\r\n${encoding}\r\n${content(part)}`
}

function elsewhere(node: MessageStructureObject, part: string): string {
  const name = node.dispositionParameters?.filename ?? node.parameters?.name ?? ''
  const size = node.encoding?.toLowerCase() === 'base64' ? Math.floor(((node.size ?? 0) * 3) / 4) : (node.size ?? 0)
  const params = { 'access-type': 'x-parley', part, mime: node.type, name: String(name), size: String(size) }
  const written = Object.entries(params).map(([key, value]) => parameter(key, value))
  const id = node.id ? `Content-ID: ${node.id}\r\n` : ''
  return `Content-Type: message/external-body${written.join('')}\r\n${id}\r\n(The file is in the mailbox.)`
}

const parameter = (name: string, value: string): string => `; ${name}*=utf-8''${encodeURIComponent(value)}`
