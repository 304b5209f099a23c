import path from 'node:path'
import type { Adapter, RawRequest } from '../src/channels/contract.ts'
import { adapters as all } from '../src/channels/index.ts'
import { type Fixture, fixturesIn } from '../test/channels/fixture.ts'
import { load, median, startOurs } from './accept.ts'
import type { Figure } from './figure.ts'

interface Measured {
  adapter: Adapter
  fixture: Fixture
  verify: number
  parse: number
}

/**
 * What each messenger's own reading costs, and whether the door is as quick for the slowest of them as for WhatsApp:
 * the same request again and again, as a repetition is stored like any other.
 */
export async function adapters(): Promise<Figure> {
  const measured = all.flatMap(adapter => measure(adapter) ?? []).sort((a, b) => b.verify - a.verify)
  const slowest = measured.find(m => m.adapter.kind !== 'whatsapp' && verifiesNow(m))!
  const usual = measured.find(m => m.adapter.kind === 'whatsapp')!
  const ours = await startOurs()
  try {
    const hooks = { slowest: await connect(ours, slowest), usual: await connect(ours, usual) }
    const rates = { slowest: [] as number[], usual: [] as number[] }
    for (let round = 0; round < 3; round++)
      for (const which of ['usual', 'slowest'] as const) {
        const { request } = which === 'usual' ? usual.fixture : slowest.fixture
        const done = await load({
          port: ours.port,
          path: hooks[which],
          connections: 50,
          seconds: 4,
          fixed: asText(request),
        })
        if (done.refused) throw new Error(`${done.refused} webhooks of ${which} were refused`)
        rates[which].push(done.perSecond)
        await ours.drained()
      }
    return {
      name: `Accept: the slowest to verify (${slowest.adapter.name})`,
      value: median(rates.slowest),
      unit: 'webhooks/s',
      control: { name: 'the same with WhatsApp', value: median(rates.usual) },
      target: '>= 0.8 of the control',
      note: `Microseconds to verify and to parse one message: ${measured.map(m => `${m.adapter.kind} ${us(m.verify)} + ${us(m.parse)}`).join(', ')}.`,
    }
  } finally {
    await ours.stop()
  }
}

const us = (n: number): string => n.toFixed(n < 10 ? 1 : 0)

/** The fixture of an ordinary message: the one with the fewest bytes that holds a text. */
function measure(adapter: Adapter): Measured | undefined {
  const folder = path.join(import.meta.dirname, '../src/channels', adapter.kind, 'fixtures')
  const fixture = fixturesIn(folder)
    .filter(f => !f.handed && f.events.length === 1 && /"type":"message".*"type":"text"/.test(JSON.stringify(f.events)))
    .sort((a, b) => a.request.body.length - b.request.body.length)[0]
  if (!fixture) return undefined
  const settings = adapter.settings.parse(fixture.settings)
  const said = adapter.verify(fixture.request, settings, fixture.now)
  // As it is stored: opened, where the provider encrypts or the settings say what is where.
  const stored = said.verdict === 'accept' && said.opened ? { ...fixture.request, body: said.opened } : fixture.request
  return {
    adapter,
    fixture,
    verify: time(() => adapter.verify(fixture.request, settings, fixture.now)),
    parse: time(() => adapter.parse(stored)),
  }
}

/** Microseconds a call, after warming up. */
function time(call: () => unknown): number {
  const calls = 5000
  for (let n = 0; n < calls; n++) call()
  const from = performance.now()
  for (let n = 0; n < calls; n++) call()
  return ((performance.now() - from) / calls) * 1000
}

/** Fixtures sign their own time and address; only those that hold here and now can be sent to a server. */
function verifiesNow({ adapter, fixture }: Measured): boolean {
  const { url: _, ...request } = fixture.request
  return adapter.verify(request, adapter.settings.parse(fixture.settings), new Date()).verdict === 'accept'
}

async function connect(ours: Awaited<ReturnType<typeof startOurs>>, { adapter, fixture }: Measured): Promise<string> {
  const answer = await fetch(`${ours.base}/api/v1/channels`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ours.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: adapter.kind, name: adapter.name, settings: fixture.settings }),
  })
  if (!answer.ok) throw new Error(await answer.text())
  const query = new URLSearchParams(fixture.request.query).toString()
  return `/hooks/${((await answer.json()) as { id: string }).id}${query && `?${query}`}`
}

const asText = ({ method, headers, body }: RawRequest) => ({
  method,
  headers,
  body: Buffer.from(body).toString('base64'),
})
