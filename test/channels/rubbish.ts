import fc from 'fast-check'

/** Bodies that no provider sends, or that only a broken one does, made from ones that it does send. */
export function rubbish(bodies: readonly string[]): fc.Arbitrary<Uint8Array> {
  const body = fc.constantFrom(...bodies)
  const written = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }).map(value => JSON.stringify(value)),
    fc.tuple(body, fc.double({ min: 0, max: 1, noNaN: true })).map(([text, at]) => text.slice(0, text.length * at)),
    fc.tuple(body, fc.nat(), strange).map(([text, at, value]) => replaceLeaf(text, at, value)),
    fc.tuple(body, fc.nat()).map(([text, at]) => replaceLeaf(text, at, undefined)),
    fc.tuple(body, fc.nat(), fc.nat({ max: 255 })).map(([text, at, byte]) => flip(text, at, byte)),
  )
  return fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    written.map(text => new TextEncoder().encode(text)),
  )
}

/** Bodies that are large or deep rather than random, each by name. */
export function giants(bodies: readonly string[]): [string, () => string][] {
  const long = 'x'.repeat(100_000)
  return [
    ['a hundred thousand brackets', () => '['.repeat(100_000) + ']'.repeat(100_000)],
    ['deep objects beside a large number', deep],
    ['nothing', () => ''],
    ['a byte order mark', () => '\ufeff{}'],
    ...bodies.slice(0, 5).flatMap((body, i): [string, () => string][] => [
      [`fixture ${i} with endless texts`, () => everyLeaf(body, v => (typeof v === 'string' ? long : v))],
      [`fixture ${i} with endless numbers`, () => everyLeaf(body, v => (typeof v === 'number' ? 1e308 : v))],
      [`fixture ${i} with a list ten thousand times as long`, () => longer(body, 10_000)],
    ]),
  ]
}

const deep = (): string => `{"n":1234567890123456789,"a":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_001)}`

const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, '', ' ', 0, -1, 1e308, 2 ** 53, '99999999999999999999', 'NaN', '__proto__'),
  fc.constantFrom<unknown>([], {}, [[]], [null], { id: null }, { length: 5 }),
  fc.string({ unit: 'binary' }),
)

/** The text with one of its JSON values replaced, or taken away. Texts that are no JSON stay as they are. */
function replaceLeaf(text: string, at: number, value: unknown): string {
  const whole = parsed(text)
  if (whole === undefined) return text
  const places = placesIn(whole)
  const place = places[at % places.length]
  if (!place) return JSON.stringify(value) ?? ''
  if (value === undefined) delete place.holder[place.key]
  else place.holder[place.key] = value
  return JSON.stringify(whole)
}

interface Place {
  holder: Record<string, unknown>
  key: string
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap(key => [{ holder, key }, ...placesIn(holder[key])])
}

function everyLeaf(text: string, change: (value: unknown) => unknown): string {
  const whole = parsed(text)
  if (whole === undefined) return text
  return JSON.stringify(whole, (_key, value) => (typeof value === 'object' ? value : change(value)))
}

/** The text with its outermost list made so many times as long. */
function longer(text: string, times: number): string {
  const whole = parsed(text)
  const place = placesIn(whole).find(({ holder, key }) => Array.isArray(holder[key]))
  if (!place) return text
  const list = place.holder[place.key] as unknown[]
  place.holder[place.key] = Array.from({ length: times }, () => list).flat()
  return JSON.stringify(whole)
}

function flip(text: string, at: number, byte: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length) bytes[at % bytes.length] = byte
  return bytes.toString('latin1')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
