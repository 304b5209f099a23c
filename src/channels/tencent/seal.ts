import { createDecipheriv, createHash } from 'node:crypto'

/** SHA-1 over the sorted words, as WeChat and WeCom sign. */
export const signatureOf = (words: readonly string[]): string =>
  createHash('sha1')
    .update([...words].sort().join(''))
    .digest('hex')

/** 16 random bytes, the length, the message, whom it is for; AES-256-CBC, the key's beginning as the vector. */
export function unseal(encrypted: string, encodingAesKey: string): { message: Buffer; receiver: string } {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64')
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16))
  // Padded to 32 bytes, which Node's own unpadding takes for broken.
  decipher.setAutoPadding(false)
  const padded = Buffer.concat([decipher.update(encrypted, 'base64'), decipher.final()])
  const padding = padded.at(-1) ?? 0
  if (padding < 1 || padding > 32) throw new RangeError('the padding is broken')
  const plain = padded.subarray(0, padded.length - padding)
  const end = 20 + plain.readUInt32BE(16)
  if (end > plain.length) throw new RangeError('the message is shorter than it says')
  return { message: plain.subarray(20, end), receiver: plain.subarray(end).toString() }
}

/** What is encrypted in the body of a call, if anything. */
export const sealIn = (xml: string): string | undefined =>
  /<Encrypt>\s*(?:<!\[CDATA\[)?\s*([A-Za-z0-9+/=]+)\s*(?:\]\]>)?\s*<\/Encrypt>/.exec(xml)?.[1]
