import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Keeps secrets unreadable at rest: AES-256-GCM, a fresh nonce each time. Layout: version 1, nonce 12, tag 16, text. */
export interface Sealer {
  seal(value: unknown): Buffer
  /** Throws when the key is another or the bytes were changed. */
  open(sealed: Buffer): unknown
}

const version = 1

/** @param key 32 bytes. */
export function createSealer(key: Buffer): Sealer {
  return {
    seal(value) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), text])
    },
    open(sealed) {
      if (sealed[0] !== version) throw new Error('These settings were sealed by a newer Parley.')
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13))
      decipher.setAuthTag(sealed.subarray(13, 29))
      const text = Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()])
      return JSON.parse(text.toString('utf8'))
    },
  }
}
