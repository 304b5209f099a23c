import { dispositionOf, type Entity, leavesOf, readMail } from '../../src/channels/email/mime.ts'
import type { World } from '../world.ts'
import type { Stored } from './box.ts'

/** One untagged answer with the items that were asked for. */
export function fetched(mail: Stored, seq: number, { what, world }: { what: string; world: World }): Buffer {
  const items = what.match(/BODY(?:\.PEEK)?\[[^\]]*\](?:<\d+\.\d+>)?|[A-Z0-9.]+/gi) ?? []
  const said = items.map(item => one(mail, item.toUpperCase())).filter(text => text !== '')
  if (items.some(item => /^BODY.*\[/i.test(item)) && mail.bubble) world.change(mail.bubble, { ticks: 'delivered' })
  const uid = items.some(item => /^uid$/i.test(item)) ? [] : [`UID ${mail.uid}`]
  return Buffer.from(`* ${seq} FETCH (${[...uid, ...said].join(' ')})\r\n`, 'latin1')
}

function one(mail: Stored, item: string): string {
  const section = /^BODY(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?$/.exec(item)
  if (section) return body(mail, section)
  switch (item) {
    case 'UID':
      return `UID ${mail.uid}`
    case 'FLAGS':
      return `FLAGS (${[...mail.flags].join(' ')})`
    case 'INTERNALDATE':
      return `INTERNALDATE "${internal(mail.at)}"`
    case 'RFC822.SIZE':
      return `RFC822.SIZE ${mail.raw.length}`
    case 'BODYSTRUCTURE':
      return `BODYSTRUCTURE ${structure(readMail(mail.raw))}`
    default:
      return ''
  }
}

function body(mail: Stored, [, name = '', from, count]: RegExpExecArray): string {
  const full = sectionOf(mail.raw, name)
  const text = from === undefined ? full : full.slice(Number(from), Number(from) + Number(count))
  return `BODY[${name}]${from === undefined ? '' : `<${from}>`} {${text.length}}\r\n${text}`
}

function sectionOf(raw: Buffer, name: string): string {
  const text = raw.toString('latin1')
  if (name === '') return text
  if (name.startsWith('HEADER')) return `${text.split('\r\n\r\n')[0]}\r\n\r\n`
  const [part = '', mime] = name.split('.MIME')
  const leaf = leavesOf(readMail(raw)).find(entity => entity.part === part)
  if (mime === undefined) return leaf?.content ?? ''
  return `${(leaf?.headers ?? []).map(([key, value]) => `${key}: ${value}\r\n`).join('')}\r\n`
}

/** RFC 3501, 7.4.2. */
function structure(of: Entity): string {
  const [type = '', subtype = ''] = of.type.split('/')
  if (of.children.length)
    return `(${of.children.map(structure).join('')} ${quoted(subtype)} ${list(of.params)} NIL NIL)`
  const header = (name: string) => of.headers.find(([key]) => key === name)?.[1]
  const { disposition, name } = dispositionOf(of)
  const shown = disposition ? `(${quoted(disposition)} ${list(name ? { filename: name } : {})})` : 'NIL'
  const lines = type === 'text' ? ` ${of.content.split('\n').length}` : ''
  const id = quoted(header('content-id'))
  const encoding = quoted(header('content-transfer-encoding') ?? '7bit')
  return `(${quoted(type)} ${quoted(subtype)} ${list(of.params)} ${id} NIL ${encoding} ${of.content.length}${lines} NIL ${shown} NIL)`
}

const quoted = (text: string | undefined): string =>
  text === undefined ? 'NIL' : `"${text.replace(/(["\\])/g, '\\$1')}"`

const list = (params: Record<string, string>): string => {
  const pairs = Object.entries(params).map(([key, value]) => `${quoted(key)} ${quoted(value)}`)
  return pairs.length ? `(${pairs.join(' ')})` : 'NIL'
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const two = (n: number): string => String(n).padStart(2, '0')
const internal = (at: Date): string =>
  `${two(at.getUTCDate())}-${months[at.getUTCMonth()]}-${at.getUTCFullYear()} ${at.toISOString().slice(11, 19)} +0000`
