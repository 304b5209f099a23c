import type { ImapFlow, MailboxObject } from 'imapflow'
import type { Listening } from '../contract.ts'
import { maybe, number, text } from '../kit.ts'
import { bell } from './bell.ts'
import { signIn } from './imap.ts'
import { sourceOf, whole } from './large.ts'
import { headersOf } from './mime.ts'
import { provenPerson } from './proven.ts'
import { addressesOf, type Settings } from './settings.ts'

/** Where we stand in a folder: the last mail we have, and when we last looked. */
interface Place {
  validity: string
  uid: number
  /** ISO. */
  at: string
}

/** A safety net under IDLE: some servers and many routers forget it. */
const lookMs = 60_000
const batch = 25

/** Reads what came, waits for more, and begins anew when the connection is lost. */
export async function listen(on: Listening<Settings>): Promise<void> {
  const client = await signIn(on.io)
  const rung = bell(client, on.signal)
  try {
    const { mailbox, sentFolder } = on.io.settings
    await client.mailboxOpen(mailbox)
    on.connected(on.io.settings.address)
    while (!on.signal.aborted) {
      // The chief folder last: it stays open, and only of the open one the server tells what is new.
      if (sentFolder) await catchUp(client, sentFolder, on)
      await catchUp(client, mailbox, on)
      await rung(lookMs)
    }
  } catch (error) {
    if (!on.signal.aborted) throw error
  } finally {
    client.close()
  }
}

/** Everything that is new in a folder, oldest first. A mail is done when it is stored; then the place is written down. */
async function catchUp(client: ImapFlow, folder: string, on: Listening<Settings>): Promise<void> {
  const box = await current(client, folder)
  const validity = String(box.uidValidity)
  const places = maybe(await on.cursor.get())
  const uids = await newUids(client, { box, place: placeOf(places[folder]), days: on.io.settings.importDays })
  const set = (uid: number) =>
    on.cursor.set({ ...places, [folder]: { validity, uid, at: new Date().toISOString() } satisfies Place })
  for (let i = 0; i < uids.length; i += batch) {
    const some = uids.slice(i, i + batch)
    for (const uid of some) await hand(client, { uid, folder, validity }, on)
    await set(some.at(-1)!)
    await putAway(client, { folder, uids: some }, on.io.settings)
    if (on.signal.aborted) return
  }
  const place = placeOf(places[folder])
  if (!uids.length && place?.validity !== validity) await set(box.uidNext - 1)
}

/** The folder as it is now; opened where it is not, asked again where it is. */
async function current(client: ImapFlow, folder: string): Promise<MailboxObject> {
  if (client.mailbox && client.mailbox.path === folder) {
    await client.noop()
    return client.mailbox
  }
  return client.mailboxOpen(folder)
}

function placeOf(value: unknown): Place | undefined {
  const { validity, uid, at } = maybe(value)
  const [known, last] = [text(validity), number(uid)]
  return known && last !== undefined ? { validity: known, uid: last, at: text(at) ?? '' } : undefined
}

interface Where {
  box: MailboxObject
  place: Place | undefined
  days: number
}

async function newUids(client: ImapFlow, { box, place, days }: Where): Promise<number[]> {
  const found = async (query: object) => {
    const uids = (await client.search(query, { uid: true })) || []
    return (uids as number[]).sort((a, b) => a - b)
  }
  // `n:*` names the last mail even when it is older (RFC 3501, 6.4.8).
  if (place?.validity === String(box.uidValidity))
    return (await found({ uid: `${place.uid + 1}:*` })).filter(uid => uid > place.uid)
  // The server has numbered anew: what came since we last looked is read again; what we know changes nothing.
  const since = place ? Date.parse(place.at) - 2 * 86_400_000 : Date.now() - days * 86_400_000
  return place || days ? found({ since: new Date(since) }) : []
}

interface Numbered {
  uid: number
  folder: string
  validity: string
}

/** Hands a mail over as it is, or the news that it cannot be had. */
async function hand(client: ImapFlow, where: Numbered, on: Listening<Settings>): Promise<void> {
  const { uid, folder, validity } = where
  const { settings } = on.io
  const mail = await read(client, where)
  if (!mail) return
  const person = provenPerson(headersOf(mail.body), settings)
  const headers = {
    uid: String(uid),
    uidvalidity: validity,
    mailbox: folder,
    own: addressesOf(settings).join(','),
    ...(folder === settings.sentFolder && { folder: 'sent' }),
    ...(mail.at && { received: mail.at.toISOString() }),
    ...(person && { person }),
  }
  await on.deliver({ method: 'IMAP', query: {}, headers, body: mail.body })
}

/** Undefined when it was deleted meanwhile. One mail that the server cannot read must not hold up the others for ever. */
async function read(
  client: ImapFlow,
  { uid, folder, validity }: Numbered,
): Promise<{ body: Uint8Array; at?: Date } | undefined> {
  const known = { uid: true, size: true, internalDate: true, bodyStructure: true } as const
  try {
    const meta = await client.fetchOne(String(uid), known, { uid: true })
    if (!meta) return undefined
    const body = await sourceOf(client, meta, (meta.size ?? 0) <= whole ? 'whole' : 'words')
    const at = meta.internalDate ? new Date(meta.internalDate) : undefined
    return body && { body, ...(at && !Number.isNaN(at.getTime()) && { at }) }
  } catch (error) {
    if (!client.usable) throw error
    return { body: Buffer.from(`Message-ID: <unreadable.${validity}.${uid}@${encodeURIComponent(folder)}>\r\n\r\n`) }
  }
}

interface Handled {
  folder: string
  uids: number[]
}

/** Whoever reads the mailbox in another program sees what Parley has. */
async function putAway(client: ImapFlow, { folder, uids }: Handled, settings: Settings): Promise<void> {
  const { handledFolder, mailbox } = settings
  if (!handledFolder || folder !== mailbox) return
  try {
    await client.mailboxCreate(handledFolder).catch(() => {})
    await client.messageMove(uids.join(','), handledFolder, { uid: true })
  } catch (error) {
    // The mail is stored. That it stays where it is must not stop the next one.
    if (!client.usable) throw error
  }
}
