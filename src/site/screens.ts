import type { Change, Frame } from '../api/shapes.ts'
import type { Database } from '../db/connect.ts'
import { conversationOf, type Read, readAfter, readThese } from './history.ts'
import type { VisitorFrame } from './shapes.ts'
import { frameOf } from './view.ts'
import type { SiteChannel } from './visitors.ts'

/** One open connection of a visitor: a tab's socket or one waiting poll. */
export interface Screen {
  channel: SiteChannel & { settings: { secret: string } }
  addresses: string[]
  /** Known once the visitor's first message was received. */
  conversation: string | null
  push(frame: VisitorFrame): void
  /** Something could not be read: the screen has to come again and ask from its last number. */
  drop(): void
}

export interface ScreenDeps {
  db: Database
  subscribe(
    workspaceId: string,
    listener: (frame: Pick<Frame, 'seq'> & { changes: readonly Change[] }) => void,
  ): () => void
  now(): Date
}

interface Room {
  screens: Set<Screen>
  leave: () => void
  /** Frames of a workspace are shown one after another, however long the database takes for each. */
  lane: Promise<void>
}

/** Brings what the live hub tells to the visitors it is for. One subscription per workspace with visitors on line. */
export function createScreens(deps: ScreenDeps) {
  const rooms = new Map<string, Room>()

  function open(workspaceId: string): Room {
    const room: Room = { screens: new Set(), leave: () => {}, lane: Promise.resolve() }
    room.leave = deps.subscribe(workspaceId, frame => {
      room.lane = room.lane.then(() => show(frame, room, deps)).catch(() => dropAll(room))
    })
    rooms.set(workspaceId, room)
    return room
  }

  return {
    /** @returns what ends it. */
    add(screen: Screen): () => void {
      const room = rooms.get(screen.channel.workspaceId) ?? open(screen.channel.workspaceId)
      room.screens.add(screen)
      return () => {
        room.screens.delete(screen)
        if (room.screens.size || rooms.get(screen.channel.workspaceId) !== room) return
        room.leave()
        rooms.delete(screen.channel.workspaceId)
      }
    },
    /** The server closes: everybody has to come again. */
    close(): void {
      for (const room of [...rooms.values()]) dropAll(room)
    },
  }
}
export type Screens = ReturnType<typeof createScreens>

function dropAll(room: Room): void {
  for (const screen of [...room.screens]) screen.drop()
}

async function show(frame: { seq: number; changes: readonly Change[] }, room: Room, deps: ScreenDeps): Promise<void> {
  await settle(frame.changes, room, deps)
  for (const [conversation, screens] of byConversation(room.screens)) {
    const touched = frame.changes.filter(change => concerns(change, conversation))
    if (touched.length) await tell({ frame: { ...frame, changes: touched }, conversation, screens }, deps)
  }
}

/** Visitors who just wrote for the first time learn here which conversation became theirs. */
async function settle(changes: readonly Change[], room: Room, { db }: ScreenDeps): Promise<void> {
  for (const screen of room.screens) {
    if (screen.conversation || !changes.some(change => mayBe(change, screen))) continue
    await findConversation(db, screen)
  }
}

/** What was found out meanwhile stays. */
async function findConversation(db: Database, screen: Screen): Promise<void> {
  const found = await conversationOf(db, screen.channel, screen.addresses)
  screen.conversation ??= found
}

/**
 * What a screen missed. It is in its room already, and has its conversation before that is read: what happens meanwhile
 * is pushed.
 */
export async function readMissed(db: Database, screen: Screen, after: number | undefined): Promise<Read> {
  await findConversation(db, screen)
  const read = await readAfter(db, screen, after)
  screen.conversation ??= read.conversation
  return read
}

const mayBe = (change: Change, { channel, addresses }: Screen): boolean =>
  change.type === 'conversation' &&
  change.conversation.channelId === channel.id &&
  [change.conversation.address, ...change.conversation.contact.identities.map(i => i.address)].some(a =>
    addresses.includes(a),
  )

function byConversation(screens: Set<Screen>): Map<string, Screen[]> {
  const grouped = new Map<string, Screen[]>()
  for (const screen of screens)
    if (screen.conversation) grouped.set(screen.conversation, [...(grouped.get(screen.conversation) ?? []), screen])
  return grouped
}

function concerns(change: Change, conversation: string): boolean {
  if (change.type === 'message') return change.message.conversationId === conversation
  if (change.type === 'conversation') return change.conversation.id === conversation
  return change.type === 'typing' && change.conversationId === conversation
}

interface News {
  frame: { seq: number; changes: Change[] }
  conversation: string
  screens: Screen[]
}

async function tell({ frame, conversation, screens }: News, { db, now }: ScreenDeps): Promise<void> {
  const first = screens[0]
  if (!first) return
  const of = { workspaceId: first.channel.workspaceId, conversation }
  const typing = frame.changes.find(change => change.type === 'typing')
  // The visitor's own typing is told too: that one stays with the agents.
  if (typing?.by === 'agent') for (const screen of screens) screen.push({ typing: { who: typing.who } })
  const kept = frame.changes.filter(change => change.type !== 'typing')
  if (!kept.length) return
  const ids = kept.flatMap(change => (change.type === 'message' ? [change.message.id] : []))
  const read = await readThese(db, of, ids)
  for (const { channel, push } of screens)
    push({ ...frameOf(read, { channelId: channel.id, secret: channel.settings.secret, now: now() }), seq: frame.seq })
}
