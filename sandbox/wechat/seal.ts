import { createCipheriv, createHash } from 'node:crypto'
import type { World } from '../world.ts'

export const sha1 = (words: readonly string[]): string =>
  createHash('sha1')
    .update([...words].sort().join(''))
    .digest('hex')

/** 43 letters and digits: what the console makes at random. */
export const aesKeyOf = (world: World): string =>
  createHash('sha256')
    .update(world.account.secret)
    .digest('base64')
    .slice(0, 43)
    .replaceAll('+', 'a')
    .replaceAll('/', 'b')

/** Encrypts as Tencent does, for WeChat and WeCom alike. `receiver` is the AppID or the corp. */
export function seal(message: string, receiver: string, world: World): string {
  const key = Buffer.from(`${aesKeyOf(world)}=`, 'base64')
  const words = Buffer.from(message)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(words.length)
  const salt = Buffer.from(Array.from({ length: 16 }, () => Math.floor(world.random() * 256)))
  const plain = Buffer.concat([salt, length, words, Buffer.from(receiver)])
  const padding = 32 - (plain.length % 32)
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([
    cipher.update(Buffer.concat([plain, Buffer.alloc(padding, padding)])),
    cipher.final(),
  ]).toString('base64')
}

const cdata = (words: string): string => `<![CDATA[${words.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`

export type Fields = { [name: string]: string | number | bigint | Fields | Fields[] }

/** Numbers stand bare, words in CDATA, as on the wire. */
export const xmlOf = (fields: Fields): string => `<xml>${inner(fields)}</xml>`

const inner = (fields: Fields): string =>
  Object.entries(fields)
    .flatMap(([name, value]) =>
      Array.isArray(value) ? value.map(each => [name, each] as const) : [[name, value] as const],
    )
    .map(
      ([name, value]) =>
        `<${name}>${typeof value === 'object' ? inner(value) : typeof value === 'string' ? cdata(value) : value}</${name}>`,
    )
    .join('')

/** The parameters of a delivery. A letter that the phone's owner wants forged carries an added byte: it gets another token. */
export function signed(
  body: Buffer,
  world: World,
): { timestamp: string; nonce: string; msg_signature: string; signature: string } {
  const words = body.toString()
  const token = words.endsWith(' ') ? `${world.account.token}x` : world.account.token
  const timestamp = String(Math.floor(world.now().getTime() / 1000))
  const nonce = String(Math.floor(world.random() * 1e10))
  const encrypted = /<Encrypt><!\[CDATA\[([^\]]+)\]\]><\/Encrypt>/.exec(words)?.[1] ?? ''
  return {
    signature: sha1([token, timestamp, nonce]),
    timestamp,
    nonce,
    msg_signature: sha1([token, timestamp, nonce, encrypted]),
  }
}
