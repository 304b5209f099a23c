import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { eventSchema } from '../../test/channels/event-schema.ts'
import { type Fixture, fixturesIn, plain } from '../../test/channels/fixture.ts'
import { agreeableIo, sayable } from '../../test/channels/pieces.ts'
import { giants, rubbish } from '../../test/channels/rubbish.ts'
import { type Capabilities, canAt, type Place } from '../domain/capabilities.ts'
import { fit } from '../domain/fit.ts'
import { isMedia, type Part } from '../domain/message.ts'
import type { Adapter, InboundEvent, Piece, RawRequest } from './contract.ts'
import { adapters } from './index.ts'

/** What every channel must do, whatever its network is. Nothing here may hang: node ends a test after this long. */
const patience = { timeout: 60_000 }
/** The same bodies on every run, so that a failure comes back; change it to look further. */
const seed = 20_261_121

for (const adapter of adapters) {
  const folder = path.join(import.meta.dirname, adapter.kind)
  const fixtures = existsSync(path.join(folder, 'fixtures')) ? fixturesIn(path.join(folder, 'fixtures')) : []

  describe(adapter.kind, () => {
    describeFolder(adapter, folder, fixtures)
    describeSettings(adapter, fixtures)
    for (const fixture of fixtures) describeFixture(adapter, fixture)
    describeParse(adapter, fixtures)
    describeSend(adapter, fixtures)
  })
}

test('every kind is there once', () => {
  const kinds = adapters.map(adapter => adapter.kind)
  assert.deepEqual(kinds, [...new Set(kinds)])
})

const files = ['index.ts', 'settings.ts', 'capabilities.ts', 'verify.ts', 'parse.ts', 'send.ts', 'README.md']

function describeFolder(adapter: Adapter, folder: string, fixtures: Fixture[]): void {
  test('its folder is named after its kind and has the files that every channel has', () => {
    for (const file of files) assert.ok(existsSync(path.join(folder, file)), `${adapter.kind}/${file} is missing`)
    assert.ok(fixtures.length > 0, `${adapter.kind}/fixtures is empty`)
    assert.notEqual(adapter.name, '')
  })
  test('its README says how to connect, what the limits and what the gaps are', () => {
    const readme = readFileSync(path.join(folder, 'README.md'), 'utf8')
    for (const heading of ['Connect', 'Limits', 'Gaps']) assert.match(readme, new RegExp(`^## ${heading}$`, 'm'))
  })
  test('what sets it up is proven afterwards, and says how', () => {
    assert.equal(adapter.proof !== undefined, adapter.setup !== undefined)
    if (adapter.proof === 'connection') assert.ok(adapter.listen, 'no connection without listening')
  })
  test('its fixtures show every receipt it declares, and something it does not know', () => {
    const events = fixtures.flatMap(fixture => fixture.events as InboundEvent[])
    const heard = new Set(events.flatMap(e => (e.type === 'receipt' || e.type === 'watermark' ? [e.status] : [])))
    for (const status of adapter.can.receipts) assert.ok(heard.has(status), `no fixture with a receipt of ${status}`)
    assert.ok(events.some(event => event.type === 'unsupported' || hasUnknownPart(event)))
  })
}

const hasUnknownPart = (event: InboundEvent): boolean =>
  'parts' in event && event.parts.some(part => part.type === 'unsupported')

interface Drawn {
  type: string
  additionalProperties: unknown
  properties: Record<string, { title?: string; secret?: boolean }>
}
const drawn = (adapter: Adapter): Drawn => z.toJSONSchema(adapter.settings, { io: 'input' }) as unknown as Drawn
const secretsOf = (adapter: Adapter): string[] =>
  Object.entries(drawn(adapter).properties).flatMap(([name, { secret }]) => (secret ? [name] : []))

function describeSettings(adapter: Adapter, fixtures: Fixture[]): void {
  test('its settings draw a form: every field has a title, what is secret is marked', () => {
    const schema = drawn(adapter)
    assert.equal(schema.type, 'object')
    assert.equal(schema.additionalProperties, false)
    for (const [name, field] of Object.entries(schema.properties)) {
      assert.ok(field.title, `${name} has no title`)
      if (/token(?!url)|secret|password|apikey|privatekey/i.test(name))
        assert.equal(field.secret, true, `${name} is secret`)
    }
    assert.ok('baseUrl' in schema.properties)
  })
  test('its settings refuse what is unknown and secrets that are empty', () => {
    const { settings } = fixtures[0]!
    assert.ok(adapter.settings.safeParse(settings).success)
    assert.ok(!adapter.settings.safeParse({ ...settings, surprise: 1 }).success)
    for (const name of secretsOf(adapter))
      assert.ok(!adapter.settings.safeParse({ ...settings, [name]: '' }).success, `${name} may be empty`)
  })
}

function describeFixture(adapter: Adapter, { name, request, settings, now, events, handed }: Fixture): void {
  const verdict = (asked: RawRequest, known: unknown) => adapter.verify(asked, known, now).verdict
  /** As it is stored: opened, where the provider encrypts. */
  const stored = (): RawRequest => {
    const said = adapter.verify(request, adapter.settings.parse(settings), now)
    return said.verdict === 'accept' && said.opened ? { ...request, body: said.opened } : request
  }
  const with_ = (value: string) => Object.fromEntries(secretsOf(adapter).map(secret => [secret, value]))

  test(`${name} is verified and parsed, and the same twice`, () => {
    const known = adapter.settings.parse(settings)
    const said = verdict(request, known)
    if (said === 'answer') return assert.deepEqual(events, [])
    assert.equal(said, handed ? 'reject' : 'accept')
    const once = adapter.parse(stored())
    for (const event of once) wellFormed(event, stored().body)
    assert.deepEqual(plain(once), events)
    assert.deepEqual(plain(adapter.parse(stored())), events)
    assert.equal(new Set(once.map(event => event.id)).size, once.length, 'two events have one id')
  })
  test(`${name} is parsed from what is stored of it`, () => {
    const kept = Object.entries(request.headers).filter(([header]) => adapter.keeps?.includes(header))
    const query = Object.entries(request.query).filter(
      ([key]) => adapter.keepsQuery === 'all' || adapter.keepsQuery?.includes(key),
    )
    const what = { ...stored(), headers: Object.fromEntries(kept), query: Object.fromEntries(query) }
    assert.deepEqual(plain(adapter.parse(what)), events)
  })
  test(`${name} is refused when it is forged, and never verified by an empty or another secret`, () => {
    const known = adapter.settings.parse(settings) as object
    const forged = { ...request, headers: {}, query: {}, body: withoutSecrets(request.body, settings) }
    assert.equal(verdict(forged, known), 'reject')
    for (const value of ['', 'another-secret-0123456789']) {
      assert.equal(verdict(request, { ...known, ...with_(value) }), 'reject')
      assert.equal(verdict(forged, { ...known, ...with_(value) }), 'reject')
    }
  })
  test(`${name} keeps its numbers beyond 2^53`, () => {
    const out = JSON.stringify(adapter.parse(stored()))
    for (const [, digits] of new TextDecoder().decode(stored().body).matchAll(/[:[,]\s*(\d{16,})\s*(?=[,}\]])/g)) {
      const rounded = BigInt(Number(digits)).toString()
      assert.ok(rounded === digits || !out.includes(rounded), `${digits} became ${rounded}`)
    }
  })
}

function withoutSecrets(body: Uint8Array, settings: Record<string, unknown>): Uint8Array {
  let text = new TextDecoder().decode(body)
  for (const value of Object.values(settings))
    if (typeof value === 'string' && value) text = text.replaceAll(value, 'x')
  return new TextEncoder().encode(text)
}

function describeParse(adapter: Adapter, fixtures: Fixture[]): void {
  const [like] = fixtures
  const bodies = fixtures.map(({ request }) => new TextDecoder().decode(request.body))
  const survive = (body: Uint8Array) => {
    for (const event of parsedOrRefused(adapter, { ...like!.request, body })) wellFormed(event, body)
  }

  test('whatever arrives, parse answers valid events or refuses with a SyntaxError or TypeError', patience, () => {
    fc.assert(fc.property(rubbish(bodies), survive), { numRuns: 500, seed })
  })
  for (const [name, body] of giants(bodies))
    test(`parse survives ${name}`, patience, () => survive(new TextEncoder().encode(body())))
}

function wellFormed(event: InboundEvent, body: Uint8Array): void {
  const { error } = eventSchema.safeParse(event)
  const shown = () => `${JSON.stringify(event).slice(0, 500)} of ${Buffer.from(body).toString().slice(0, 500)}`
  assert.ok(!error, error && `${z.prettifyError(error)} in ${shown()}`)
}

function parsedOrRefused(adapter: Adapter, request: RawRequest): InboundEvent[] {
  try {
    return adapter.parse(request)
  } catch (error) {
    assert.ok(error instanceof SyntaxError || error instanceof TypeError, `parse threw ${error}`)
    return []
  }
}

function describeSend(adapter: Adapter, fixtures: Fixture[]): void {
  for (const place of [{ name: 'chat', addresses: [], can: adapter.can }, ...(adapter.places ?? [])])
    describePlace(adapter, fixtures, place)
}

/** What the chats of a messenger, or another place of it, say of themselves. */
function describePlace(
  adapter: Adapter,
  fixtures: Fixture[],
  { name, addresses, can }: Omit<Place, 'name'> & { name: string },
): void {
  const messages = fixtures.flatMap(f => f.events as InboundEvent[]).filter(event => event.type === 'message')
  const message = messages.find(({ from }) => canAt(from, adapter) === can)
  const said = async (piece: Piece) => {
    const io = agreeableIo(adapter.settings.parse(fixtures[0]!.settings))
    const key = '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162'
    const to = { address: message!.from, key, ...(can.reply && { replyTo: message!.id }) }
    const result = await adapter.send(piece, to, io)
    assert.ok(result.ok && result.id, JSON.stringify({ piece, result }))
    return io.calls
  }

  test(`fixtures show what arrives in a ${name}, at every kind of address it names`, () => {
    assert.ok(message)
    for (const beginning of addresses)
      assert.ok(
        messages.some(({ from }) => from.startsWith(beginning)),
        beginning,
      )
  })
  test(`whatever fit lets through to a ${name} is claimed there, and send can send it`, patience, async () => {
    const property = fc.asyncProperty(fc.array(sayable, { minLength: 1, maxLength: 3 }), async parts => {
      const fitted = fit(parts, can)
      assert.ok(fitted.ok || fitted.refusals.length, 'refused without a reason')
      for (const piece of fitted.ok ? fitted.pieces : []) {
        assert.ok(isClaimed(piece, can), `${piece.type} is not claimed`)
        await said(piece)
      }
    })
    await fc.assert(property, { numRuns: 200, seed })
  })
  test(`it sends the reactions it declares for a ${name}`, async () => {
    const emoji = can.reactions === 'any' ? ['👍'] : (can.reactions ?? [])
    for (const each of [...emoji, ...(emoji.length ? [''] : [])])
      await said({ type: 'reaction', emoji: each, of: message!.id })
  })
  if (!can.public) return
  test(`no window closes a ${name}, which everybody reads`, () => assert.equal(can.window, undefined))
  if (!can.public.privatelyForDays) return
  test(`what is said to one person in a ${name} goes another way, without its mark`, async () => {
    const [open, aside] = [await said({ type: 'text', text: 'Hi' }), await said({ type: 'text', text: '/private Hi' })]
    assert.notEqual(open[0]!.url, aside[0]!.url)
    assert.ok(!JSON.stringify(aside).includes('/private'))
  })
}

/** Does this place say that it carries pieces of this kind? */
function isClaimed(piece: Part, can: Capabilities): boolean {
  if (piece.type === 'text') return true
  if (isMedia(piece)) return !!can.media[piece.type]
  const claims: Record<string, unknown> = { ...can, template: can.templates }
  return !!claims[piece.type]
}
