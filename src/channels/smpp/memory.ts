import { createHash } from 'node:crypto'
import { carried, type Place } from './concat.ts'
import type { Pdu } from './pdu.ts'

// A deliver_sm has no id. The centre sends it again when our answer was lost, under another sequence number and after a
// new bind; the customer may send the same words again as well. So what was heard is remembered until a later answer of
// the centre proves that it has read ours: only what lacks that proof can be a repetition.

interface Heard {
  digest: string
  /** Of the message it is, or belongs to. */
  id: string
}

interface Joined {
  id: string
  key: string
  total: number
  /** When its first part came, ms. */
  since: number
  parts: { number: number; hex: string }[]
}

/** What outlives a restart: the cursor. */
export interface Kept {
  /** How many ids were given: the clock alone may stand still. */
  count: number
  heard: Heard[]
  sets: Joined[]
}

export interface Whole {
  id?: string
  pdus: string[]
  missing?: number
}

/** What is to be done with one PDU before it is acknowledged. */
export interface Placed {
  heard?: Heard
  /** The message is complete: store it. */
  whole?: Whole
}

export type Memory = ReturnType<typeof createMemory>

export function createMemory(kept: Kept, stamp: string, now: () => number) {
  let { heard, sets, count } = kept
  /** Heard, but perhaps not known to be heard: of an earlier session, or refused by us. */
  const doubtful = new Set(heard)
  const acknowledged = new Set<Heard>()

  function remember(digest: string, id: string): Heard {
    const one = { digest, id }
    heard.push(one)
    return one
  }
  /** A repetition answers for the one it repeats. */
  function repeated(digest: string): Heard | undefined {
    const one = heard.find(h => h.digest === digest && doubtful.has(h))
    if (one) doubtful.delete(one)
    return one
  }
  const newId = (digest: string): string => `${digest.slice(0, 16)}-${stamp}-${++count}`

  function begin(key: string, digest: string, total: number): Joined {
    const set = { id: newId(digest), key, total, since: now(), parts: [] }
    sets.push(set)
    return set
  }

  function part(pdu: Pdu, hex: string, place: Place): Placed {
    const digest = digestOf(hex)
    const again = repeated(digest)
    if (again) {
      const set = sets.find(s => s.id === again.id)
      return { heard: again, ...(set && complete(set) && { whole: wholeOf(set) }) }
    }
    const key = keyOf(pdu, place)
    const set = lacking(sets, key, { number: place.number, hex }) ?? begin(key, digest, place.total)
    if (!set.parts.some(p => p.number === place.number)) set.parts.push({ number: place.number, hex })
    return { heard: remember(digest, set.id), ...(complete(set) && { whole: wholeOf(set) }) }
  }

  return {
    kept: (): Kept => ({ count, heard, sets }),
    place(pdu: Pdu, raw: Buffer): Placed {
      const hex = raw.toString('hex')
      const kind = (pdu.fields.esmClass ?? 0) & 0x3c
      // Receipts are named by what they tell of.
      if (kind === 0x04 || kind === 0x20) return { whole: { pdus: [hex] } }
      const { place } = carried(pdu)
      if (place && kind === 0) return part(pdu, hex, place)
      const digest = digestOf(hex)
      const one = repeated(digest) ?? remember(digest, newId(digest))
      return { heard: one, whole: { id: one.id, pdus: [hex] } }
    },
    /** Stored, and the centre will be told. */
    stored({ heard: one, whole }: Placed): void {
      if (one) acknowledged.add(one)
      if (whole) sets = sets.filter(s => s.id !== whole.id)
    },
    /** Not stored: the centre will send it again. */
    refused({ heard: one }: Placed): void {
      if (one) doubtful.add(one)
    },
    /** What the centre surely knows by the next answer. */
    told: (): Heard[] => [...acknowledged],
    proven(ones: readonly Heard[]): void {
      const gone = new Set(ones)
      heard = heard.filter(h => !gone.has(h))
      for (const one of ones) acknowledged.delete(one)
    },
    /** After a while the centre has sent again what it wanted to: from now on the same words are new ones. */
    trust(): void {
      heard = heard.filter(h => !doubtful.has(h))
      doubtful.clear()
    },
    /** Complete ones that a restart left behind, and those whose other parts have not come for `patience` ms. */
    due: (patience: number): Whole[] => sets.filter(s => complete(s) || now() - s.since >= patience).map(wholeOf),
  }
}

const keyOf = ({ fields }: Pdu, { ref, total }: Place): string => [fields.source, fields.dest, ref, total].join('|')

/** The newest of these that lacks this part. A number that comes with other words begins a new message. */
function lacking(sets: readonly Joined[], key: string, part: Joined['parts'][0]): Joined | undefined {
  const last = sets.findLast(s => s.key === key)
  const there = last?.parts.find(p => p.number === part.number)
  return !there || digestOf(there.hex) === digestOf(part.hex) ? last : undefined
}

const complete = (set: Joined): boolean => set.parts.length === set.total

function wholeOf({ id, total, parts }: Joined): Whole {
  const pdus = parts.toSorted((a, b) => a.number - b.number).map(p => p.hex)
  return { id, pdus, ...(parts.length < total && { missing: total - parts.length }) }
}

/** Without the first sixteen bytes: the sequence number is another one each time. */
const digestOf = (hex: string): string => createHash('sha256').update(hex.slice(32)).digest('hex').slice(0, 32)
