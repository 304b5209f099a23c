import type { Conversation } from '../api/shapes.ts'
import type { Queryable } from '../db/connect.ts'
import type { Known, Spoken } from './find-people.ts'

/**
 * Whom the last batches met, so that the next one need not read them again. Whoever changes what a conversation shows
 * tells of it (src/live/publish.ts): of whom others told since, everything is forgotten.
 */
export interface PeopleBook {
  /** Forgets whom others told of since it was last asked, then answers who of the spoken is here. */
  find(tx: Queryable, workspaceId: string, spoken: readonly Spoken[]): Promise<Found>
  /** Call after the commit that told of these conversations under the number `seq`. */
  keep(workspaceId: string, seq: number, told: Told): void
}

export interface Found {
  /** By channel and address. They may be changed: the book has its own. */
  known: Map<string, Known>
  /** The last number when that was true; undefined when nobody is here. */
  since: number | undefined
}

interface Told {
  spoken: readonly Spoken[]
  people: ReadonlyMap<string, Known>
  conversations: readonly Conversation[]
}

interface Page {
  known: Known & { told: Conversation; addresses: Map<string, string | null> }
  /** The number under which it was told as it is here. */
  seq: number
  until: number
}

/** With all they have, about two kilobytes each. */
const most = 10_000
/** Should somebody change the database by hand, without telling of it, that counts after ten minutes. */
const believedMs = 600_000
/** Beyond so many numbers it is quicker to forget everybody. */
const mostTold = 500

export function createPeopleBook(now = (): number => performance.now()): PeopleBook {
  const pages = createPages(now)
  const lookedAt = new Map<string, number>()

  async function find(tx: Queryable, workspaceId: string, spoken: readonly Spoken[]): Promise<Found> {
    const since = lookedAt.get(workspaceId)
    const time = now()
    if (since === undefined || !spoken.some(one => one.keys.some(key => pages.at(key, time))))
      return { known: new Map(), since: undefined }
    const { head, told } = await toldSince(tx, workspaceId, since)
    if (told.length < head - since) pages.forgetAll()
    for (const { seq, ids } of told) for (const id of ids ?? []) pages.forget(id, seq)
    lookedAt.set(workspaceId, Math.max(head, lookedAt.get(workspaceId)!))
    return { known: copiesOf(spoken, time), since: head }
  }

  function copiesOf(spoken: readonly Spoken[], time: number): Map<string, Known> {
    const copies = new Map<Page, Known>()
    const known = new Map<string, Known>()
    for (const { keys } of spoken)
      for (const key of keys) {
        const page = pages.at(key, time)
        if (!page) continue
        const copy = copies.get(page) ?? { ...page.known }
        copies.set(page, copy)
        known.set(key, copy)
      }
    return known
  }

  function keep(workspaceId: string, seq: number, { spoken, people, conversations }: Told): void {
    const looked = lookedAt.get(workspaceId)
    if (looked === undefined) lookedAt.set(workspaceId, seq)
    else if (seq < looked) return // what others told since was looked at already
    const told = new Map(conversations.map(c => [c.id, c]))
    for (const one of spoken)
      for (const [i, key] of one.keys.entries()) {
        const person = people.get(key)
        const conversation = person && told.get(person.conversationId)
        if (conversation) pages.write({ person, conversation, seq, key, of: [one.channelId, one.addresses[i]!] })
      }
  }

  return { find, keep }
}

interface Entry {
  person: Known
  conversation: Conversation
  seq: number
  /** The address they are found by, and what it is made of. */
  key: string
  of: readonly [channelId: string, address: string]
}

function createPages(now: () => number) {
  /** By conversation, the oldest first. */
  const pages = new Map<string, Page>()
  const byAddress = new Map<string, Page>()

  function remove(page: Page): void {
    pages.delete(page.known.conversationId)
    for (const key of page.known.addresses.keys()) if (byAddress.get(key) === page) byAddress.delete(key)
  }

  function pageOf(told: Conversation, { contactId, named }: Known): Page {
    const { id, contact } = told
    const before = pages.get(id)
    if (before && before.known.told.contact === contact && before.until > now()) return before
    if (before) remove(before)
    const known = { contactId, conversationId: id, name: contact.name, named, told, addresses: new Map() }
    const page = { known, seq: 0, until: now() + believedMs }
    pages.set(id, page)
    if (pages.size > most) remove(pages.values().next().value!)
    return page
  }

  return {
    at(key: string, time: number): Page | undefined {
      const page = byAddress.get(key)
      return page && page.until > time ? page : undefined
    },
    write({ person, conversation, seq, key, of: [channelId, address] }: Entry): void {
      const page = pageOf(conversation, person)
      page.seq = seq
      page.known.told = conversation
      if (page.known.addresses.has(key)) return
      const identity = conversation.contact.identities.find(i => i.channelId === channelId && i.address === address)
      if (!identity) return
      page.known.addresses.set(key, identity.username ?? null)
      byAddress.set(key, page)
    },
    /** What others told of it under a later number than it was written down. */
    forget(id: string, told: number): void {
      const page = pages.get(id)
      if (page && page.seq < told) remove(page)
    },
    forgetAll(): void {
      pages.clear()
      byAddress.clear()
    },
  }
}

/** What is kept of each number. Fewer than there were numbers: the rest is too much, or forgotten. */
async function toldSince(tx: Queryable, workspaceId: string, since: number) {
  const { rows } = await tx.query<{ head: string; seq: string | null; ids: string[] | null }>(
    `select h.seq as head, c.seq, c.refs -> 'conversation' as ids
     from live_heads h left join changes c on c.workspace_id = h.workspace_id and c.seq > $2
     where h.workspace_id = $1 limit ${mostTold}`,
    [workspaceId, since],
    'told since',
  )
  return {
    head: Number(rows[0]?.head ?? 0),
    told: rows.flatMap(({ seq, ids }) => (seq ? [{ seq: Number(seq), ids }] : [])),
  }
}
