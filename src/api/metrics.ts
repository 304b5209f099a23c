import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Running } from './server.ts'

/** Numbers for Prometheus. */
export function createMetrics(on: Running): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'parley_' })
  const gauge = (name: string, help: string, read: () => number | Promise<number>) => {
    new Gauge({
      name: `parley_${name}`,
      help,
      registers: [registry],
      async collect() {
        this.set(await read())
      },
    })
  }
  const count = async (sql: string): Promise<number> => Number((await on.db.query<{ n: string }>(sql)).rows[0]!.n)
  gauge('doorway_waiting', 'Webhooks that wait for their commit', () => on.doorway.open())
  gauge('ingest_backlog', 'Deliveries in memory that are not ingested yet', () => on.ingester.backlog())
  gauge('ingest_apart', '1 while messages are received in a thread of their own', () =>
    Number(on.ingester.isApart?.() ?? false),
  )
  gauge('deliveries_new', 'Deliveries that are not ingested yet', () =>
    count('select count(*) as n from open_deliveries where not quarantined'),
  )
  gauge('deliveries_quarantined', 'Deliveries that could not be read', () =>
    count('select count(*) as n from open_deliveries where quarantined'),
  )
  gauge('jobs_waiting', 'Jobs that are not done yet', () =>
    count('select count(*) as n from (select 1 from jobs limit 100000) j'),
  )
  gauge('jobs_dead', 'Jobs that were given up', () => count('select count(*) as n from dead_jobs'))
  gauge('live_screens', 'Open screens', () => on.hub.listeners())
  return registry
}
