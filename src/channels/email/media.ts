import { buffer } from 'node:stream/consumers'
import type { ImapFlow } from 'imapflow'
import { type FetchedMedia, type Io, type Link, MediaGone } from '../contract.ts'
import { maybe, number, parseJson, text } from '../kit.ts'
import { signIn } from './imap.ts'
import { bytesOf, leavesOf, readMail } from './mime.ts'
import type { Settings } from './settings.ts'

interface Reader extends Link {
  client: ImapFlow
}

const largest = 50_000_000

/** Fetches a file from the mail it came with: by the number of the mail, or by its id when it was moved. */
export async function media(ref: string, io: Io<Settings>): Promise<FetchedMedia> {
  const client = await reader(io)
  const { mailbox, uidvalidity, uid, id, part, far } = namesIn(ref)
  const { handledFolder, mailbox: inbox, sentFolder } = io.settings
  for (const folder of new Set([mailbox, handledFolder, inbox, sentFolder].filter(name => name !== undefined))) {
    const lock = await client.getMailboxLock(folder).catch(() => undefined)
    if (!lock) continue
    try {
      const box = client.mailbox
      const same = box && String(box.uidValidity) === uidvalidity && folder === mailbox
      const found = (same && uid && (await exists(client, uid))) || (id && (await numberOf(client, id)))
      if (found) return { bytes: await (far ? alone(client, found, far) : within(client, found, part ?? '1')) }
    } finally {
      lock.release()
    }
  }
  throw new MediaGone('The mail is no longer in the mailbox')
}

function namesIn(ref: string) {
  let given: unknown
  try {
    given = parseJson(ref)
  } catch {
    throw new MediaGone('It is not known which mail this file came with')
  }
  const { mailbox, uidvalidity, uid, id, part, far } = maybe(given)
  return {
    uid: number(uid),
    mailbox: text(mailbox),
    uidvalidity: text(uidvalidity),
    id: text(id),
    part: text(part),
    far: text(far),
  }
}

/** Kept open, for files come in crowds; a connection that broke is made anew. */
async function reader(io: Io<Settings>): Promise<ImapFlow> {
  const make = async (): Promise<Reader> => {
    const client = await signIn(io)
    return { client, close: () => client.close() }
  }
  const { client } = await io.open('imap-files', make)
  if (client.usable) return client
  await io.drop('imap-files')
  return (await io.open('imap-files', make)).client
}

const exists = async (client: ImapFlow, uid: number): Promise<number | undefined> =>
  (await client.fetchOne(String(uid), { uid: true }, { uid: true })) ? uid : undefined

async function numberOf(client: ImapFlow, id: string): Promise<number | undefined> {
  const found = await client.search({ header: { 'message-id': `<${id}>` } }, { uid: true })
  return Array.isArray(found) ? found.at(-1) : undefined
}

/** Our own reading of the whole mail, so that the numbers are ours too. */
async function within(client: ImapFlow, uid: number, part: string): Promise<Uint8Array> {
  const mail = await client.fetchOne(String(uid), { source: true }, { uid: true })
  const source = mail ? mail.source : undefined
  const leaf = source && leavesOf(readMail(source)).find(one => one.part === part)
  if (!leaf) throw new MediaGone('The mail no longer holds this file')
  return bytesOf(leaf)
}

/** The part by itself, as the server numbers it. */
async function alone(client: ImapFlow, uid: number, part: string): Promise<Uint8Array> {
  const found = await client.download(String(uid), part, { uid: true, maxBytes: largest + 1 })
  if (!('content' in found) || !found.content) throw new MediaGone('The mail no longer holds this file')
  const bytes = await buffer(found.content)
  if (bytes.length > largest) throw new MediaGone('The file is larger than 50 MB')
  return bytes
}
