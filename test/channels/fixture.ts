import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { RawRequest } from '../../src/channels/contract.ts'

/** One request of a provider, with what it means. Lies in `src/channels/<kind>/fixtures`. */
export interface Fixture {
  name: string
  request: RawRequest
  settings: Record<string, unknown>
  now: Date
  events: unknown[]
  /** Handed in by `listen`: the webhook door refuses it. */
  handed?: true
}

export function fixturesIn(folder: string): Fixture[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => {
      const { request, settings, now, events, handed } = JSON.parse(readFileSync(path.join(folder, name), 'utf8'))
      const body = new TextEncoder().encode(request.body)
      return {
        name,
        request: { ...request, body },
        settings,
        now: new Date(now ?? 0),
        events,
        ...(handed && { handed }),
      }
    })
}

/** As JSON: dates become text, fields without a value go. */
export const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
