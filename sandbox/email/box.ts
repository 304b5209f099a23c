import { EventEmitter } from 'node:events'
import type { World } from '../world.ts'

export interface Stored {
  uid: number
  raw: Buffer
  at: Date
  flags: Set<string>
  /** What the customer said with it: its second tick comes when somebody fetched the mail. */
  bubble?: string
}

export interface Folder {
  name: string
  validity: number
  next: number
  mails: Stored[]
}

/** The shop's mailbox. `news` tells waiting connections of a folder that changed. */
export interface Box {
  address: string
  folders: Map<string, Folder>
  news: EventEmitter
  imap: number
  smtp: number
  /** Mailboxes that bounce instead of refusing at once. */
  bouncing: Set<string>
}

const boxes = new WeakMap<World, Box>()

export function boxOf(world: World): Box {
  const known = boxes.get(world)
  if (known) return known
  const address = `${world.account.name.toLowerCase().replace(/[^a-z0-9]+/g, '')}@shop.example`
  const box: Box = {
    address,
    folders: new Map(),
    news: new EventEmitter().setMaxListeners(0),
    imap: 0,
    smtp: 0,
    bouncing: new Set(),
  }
  boxes.set(world, box)
  for (const name of ['INBOX', 'Sent']) create(box, name, world)
  return box
}

export function create(box: Box, name: string, world: World): Folder {
  const validity = Math.floor(world.now().getTime() / 1000) + box.folders.size
  const folder = { name, validity, next: 1, mails: [] }
  box.folders.set(name, folder)
  return folder
}

/** INBOX is called so in any case of its letters (RFC 3501, 5.1). */
export const folderOf = (box: Box, name: string): Folder | undefined =>
  box.folders.get(/^inbox$/i.test(name) ? 'INBOX' : name)

export function store(box: Box, name: string, mail: { raw: Buffer; at: Date; bubble?: string }): Stored {
  const folder = box.folders.get(name)!
  const stored = { ...mail, uid: folder.next++, flags: new Set<string>() }
  folder.mails.push(stored)
  box.news.emit(name)
  return stored
}

/** The server has lost its numbers and gives new ones. */
export function renumber(box: Box, name: string): void {
  const folder = box.folders.get(name)!
  folder.validity += 1000
  folder.next = 1
  for (const mail of folder.mails) mail.uid = folder.next++
}
