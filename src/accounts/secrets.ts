import { createHash, randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'

/** A secret that is handed out once; only its hash is kept. 256 random bits need no slow hash. */
export function freshToken(): { token: string; tokenHash: Buffer } {
  const token = randomBytes(32).toString('base64url')
  return { token, tokenHash: hashToken(token) }
}

export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

/** argon2id with the library's defaults (19 MiB, 2 passes), as OWASP advises for servers. */
export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'))

/** Takes as long for an unknown account as for a wrong password. */
export async function passwordFits(passwordHash: string | null, password: string): Promise<boolean> {
  const known = passwordHash ?? (await decoy)
  const fits = await verify(known, password.normalize('NFKC'))
  return fits && passwordHash !== null
}

const decoy = hashPassword(randomBytes(16).toString('hex'))
