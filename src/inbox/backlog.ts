import type { Database } from '../db/connect.ts'
import { deliveriesToDo } from './deliveries.ts'
import type { StoredDelivery } from './doorway.ts'

/**
 * What waits for ingestion, a queue per channel, taken in turns: a flood on one channel does not starve another.
 * Memory is bounded: beyond the limits a channel keeps nothing here and reads its rest from the database.
 */
export interface Backlog {
  add(delivery: StoredDelivery): void
  /** There may be deliveries of this channel in the database that are not here. */
  look(channelId: string): void
  /** Some channel is to be looked at from its beginning: nothing of it may be in work then, or it is taken twice. */
  looks(): boolean
  take(): Promise<StoredDelivery[]>
  size(): number
}

interface Line {
  rows: StoredDelivery[]
  bytes: number
  /** More of it lies in the database only, after `last`. */
  spilled: boolean
  /** Anything of it may lie in the database. */
  look: boolean
  /** The highest id handed out or lying here. */
  last: bigint
}

/** Each channel's share while several wait; alone, one may fill the batch. */
const perChannel = 100
const perBatch = 200
const bytesPerBatch = 4_000_000
const keep = { rows: 8000, bytes: 16_000_000 }

export function createBacklog(db: Database): Backlog {
  const lines = new Map<string, Line>()
  const lineOf = (channelId: string): Line => {
    const line = lines.get(channelId) ?? { rows: [], bytes: 0, spilled: false, look: false, last: 0n }
    lines.set(channelId, line)
    return line
  }

  function push(line: Line, delivery: StoredDelivery): void {
    line.rows.push(delivery)
    line.bytes += delivery.request.body.length
    line.last = BigInt(delivery.id)
  }

  /** New ones may be added meanwhile; by their ids nothing is taken twice. */
  async function refill(channelId: string, line: Line): Promise<void> {
    const { look } = line
    line.spilled = false
    line.look = false
    const query = { after: look ? '0' : String(line.last), rows: keep.rows, bytes: keep.bytes }
    const { rows, more } = await deliveriesToDo(db, channelId, query).catch(error => {
      line.spilled = true // they lie there still
      line.look ||= look
      throw error
    })
    const fresh = line.rows
    line.rows = []
    line.bytes = 0
    for (const row of rows) push(line, row)
    // Not after `line.last`: what came while the database was read has moved that already.
    const read = BigInt(rows.at(-1)?.id ?? query.after)
    if (more) line.spilled = true
    else for (const row of fresh) if (BigInt(row.id) > read) push(line, row)
  }

  return {
    add(delivery) {
      const line = lineOf(delivery.channelId)
      if (line.spilled || line.rows.length >= keep.rows || line.bytes >= keep.bytes) line.spilled = true
      else push(line, delivery)
    },
    look(channelId) {
      lineOf(channelId).look = true
    },
    looks: () => [...lines.values()].some(line => line.look),
    async take() {
      const batch: StoredDelivery[] = []
      let bytes = 0
      const share = Math.max(perChannel, Math.floor(perBatch / Math.max(1, lines.size)))
      for (const [channelId, line] of [...lines]) {
        try {
          if (!line.rows.length && (line.spilled || line.look)) await refill(channelId, line)
        } catch (error) {
          // What was taken already must not be lost with what could not be read.
          if (batch.length) break
          throw error
        }
        for (let n = 0; n < share && line.rows.length && batch.length < perBatch && bytes < bytesPerBatch; n++) {
          const row = line.rows.shift()!
          line.bytes -= row.request.body.length
          bytes += row.request.body.length
          batch.push(row)
        }
        // The next batch begins with another channel.
        lines.delete(channelId)
        if (line.rows.length || line.spilled || line.look) lines.set(channelId, line)
        if (batch.length >= perBatch) break
      }
      return batch
    },
    size: () => [...lines.values()].reduce((n, line) => n + line.rows.length + (line.spilled || line.look ? 1 : 0), 0),
  }
}
