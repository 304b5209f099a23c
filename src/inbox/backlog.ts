import type { Database } from '../db/connect.ts'
import { deliveriesToDo } from './deliveries.ts'
import type { StoredDelivery } from './doorway.ts'

/**
 * What waits for ingestion, a queue per channel, taken in turns: a flood on one channel does not starve another.
 * Memory is bounded: beyond the limits nothing more is kept, and the rest of a channel is read from the database in its turn.
 */
export interface Backlog {
  add(delivery: StoredDelivery): void
  /** There may be deliveries of this channel in the database that are not here. */
  look(channelId: string): void
  /** The same of those that are newer than all it was told of or has read. */
  lookAfter(channelId: string): void
  /** Some channel is to be looked at from its beginning: nothing of it may be in work then, or it is taken twice. */
  looks(): boolean
  take(): Promise<StoredDelivery[]>
  size(): number
}

interface Line {
  rows: StoredDelivery[]
  /** So many of the rows were handed out: taking the first of a long array away moves all others. */
  gone: number
  /** More of it lies in the database only, after what was here. */
  spilled: boolean
  /** Anything of it may lie in the database. */
  look: boolean
}

/** Each channel's share while several wait; alone, one may fill the batch. */
const perChannel = 100
const perBatch = 200
const bytesPerBatch = 4_000_000
/** Read in one go. */
const perRefill: Keep = { rows: 2000, bytes: 4_000_000 }
/** From here on what was handed out is cut off. */
const worthCutting = 1000

/** How much is kept in memory, of all channels together. */
export interface Keep {
  rows: number
  bytes: number
}

const left = (line: Line): number => line.rows.length - line.gone

function next(line: Line): StoredDelivery {
  const row = line.rows[line.gone++]!
  if (line.gone >= worthCutting && line.gone * 2 > line.rows.length) {
    line.rows = line.rows.slice(line.gone)
    line.gone = 0
  }
  return row
}

export function createBacklog(db: Database, keep: Keep): Backlog {
  const lines = new Map<string, Line>()
  /** Up to where each channel was read: what is newer is not here and was never handed out. */
  const reached = new Map<string, bigint>()
  const held = { rows: 0, bytes: 0 }

  const lineOf = (channelId: string): Line => {
    const line = lines.get(channelId) ?? { rows: [], gone: 0, spilled: false, look: false }
    lines.set(channelId, line)
    return line
  }

  function release({ request }: StoredDelivery): void {
    held.rows--
    held.bytes -= request.body.length
  }

  function push(line: Line, delivery: StoredDelivery): void {
    line.rows.push(delivery)
    held.rows++
    held.bytes += delivery.request.body.length
    reached.set(delivery.channelId, BigInt(delivery.id))
  }

  /** New ones may be added meanwhile; by their ids nothing is taken twice. */
  async function refill(channelId: string, line: Line): Promise<void> {
    const { look } = line
    line.spilled = false
    line.look = false
    const query = { after: look ? '0' : String(reached.get(channelId) ?? 0), ...perRefill }
    const { rows, more } = await deliveriesToDo(db, channelId, query).catch(error => {
      line.spilled = true // they lie there still
      line.look ||= look
      throw error
    })
    const fresh = line.rows.slice(line.gone)
    line.rows = []
    line.gone = 0
    for (const row of fresh) release(row)
    for (const row of rows) push(line, row)
    // Not after what was reached: what came while the database was read has moved that already.
    const read = BigInt(rows.at(-1)?.id ?? query.after)
    if (more) line.spilled = true
    else for (const row of fresh) if (BigInt(row.id) > read) push(line, row)
  }

  return {
    add(delivery) {
      const line = lineOf(delivery.channelId)
      if (line.spilled || held.rows >= keep.rows || held.bytes >= keep.bytes) line.spilled = true
      else push(line, delivery)
    },
    look(channelId) {
      lineOf(channelId).look = true
    },
    lookAfter(channelId) {
      lineOf(channelId).spilled = true
    },
    looks: () => [...lines.values()].some(line => line.look),
    async take() {
      const batch: StoredDelivery[] = []
      let bytes = 0
      const share = Math.max(perChannel, Math.floor(perBatch / Math.max(1, lines.size)))
      for (const [channelId, line] of [...lines]) {
        try {
          // A look does not wait until nothing is left here: in a flood that never comes.
          if (line.look || (!left(line) && line.spilled)) await refill(channelId, line)
        } catch (error) {
          // What was taken already must not be lost with what could not be read.
          if (batch.length) break
          throw error
        }
        for (let n = 0; n < share && left(line) && batch.length < perBatch && bytes < bytesPerBatch; n++) {
          const row = next(line)
          release(row)
          bytes += row.request.body.length
          batch.push(row)
        }
        // The next batch begins with another channel.
        lines.delete(channelId)
        if (left(line) || line.spilled || line.look) lines.set(channelId, line)
        if (batch.length >= perBatch) break
      }
      return batch
    },
    size: () => [...lines.values()].reduce((n, line) => n + left(line) + (line.spilled || line.look ? 1 : 0), 0),
  }
}
