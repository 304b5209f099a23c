import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { S3mini } from 's3mini'
import type { Config } from '../config.ts'

/** Where the bytes of files lie: a local folder or any S3-compatible store behind the same three functions. */
export interface Storage {
  /** Durable when it resolves. Writing the same key twice is the same file. */
  put(key: string, bytes: Uint8Array, mime: string): Promise<void>
  /** `range` is inclusive, in bytes. Undefined when there is no such file. */
  get(key: string, range?: { start: number; end: number }): Promise<{ stream: Readable; size: number } | undefined>
  remove(key: string): Promise<void>
}

export const createStorage = (config: Pick<Config, 'dataDir' | 's3'>): Storage =>
  config.s3 ? s3(config.s3) : localFolder(path.join(config.dataDir, 'media'))

export function localFolder(root: string): Storage {
  const at = (key: string): string => {
    if (!/^[\w-]+(\/[\w-]+)*$/.test(key))
      throw new Error('A storage key holds letters, digits, - and _ between slashes.')
    return path.join(root, key)
  }
  return {
    async put(key, bytes) {
      const file = at(key)
      await mkdir(path.dirname(file), { recursive: true })
      const half = `${file}.${randomBytes(6).toString('hex')}`
      const handle = await open(half, 'w', 0o600)
      try {
        await handle.writeFile(bytes)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(half, file)
      await syncFolder(path.dirname(file))
    },
    async get(key, range) {
      const found = await stat(at(key)).catch(() => undefined)
      return found && { size: found.size, stream: createReadStream(at(key), range ?? {}) }
    },
    remove: key => rm(at(key), { force: true }),
  }
}

/** A file's new name is durable only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function s3(settings: NonNullable<Config['s3']>): Storage {
  const client = new S3mini({
    endpoint: `${settings.endpoint.replace(/\/$/, '')}/${settings.bucket}`,
    region: settings.region,
    accessKeyId: settings.accessKey,
    secretAccessKey: settings.secretKey,
  })
  return {
    async put(key, bytes, mime) {
      await client.putObject(key, Buffer.from(bytes), mime)
    },
    async get(key, range) {
      const response = range
        ? await client.getObjectRaw(key, false, range.start, range.end + 1)
        : await client.getObjectResponse(key)
      if (!response?.body) return undefined
      const total =
        /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1] ?? response.headers.get('content-length')
      return { size: Number(total), stream: Readable.fromWeb(response.body as never) }
    },
    async remove(key) {
      await client.deleteObject(key)
    },
  }
}
