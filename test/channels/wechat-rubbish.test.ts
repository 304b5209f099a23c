import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { wechat } from '../../src/channels/wechat/index.ts'
import { eventSchema } from './event-schema.ts'
import { fixturesIn } from './fixture.ts'

// The suite of all channels makes its rubbish of JSON. Here it is made of XML.
const folder = path.resolve(import.meta.dirname, '../../src/channels/wechat/fixtures')
const bodies = fixturesIn(folder)
  .map(f => new TextDecoder().decode(f.request.body))
  .filter(body => body.includes('<MsgType>'))
const element = /<(\w+)>(<!\[CDATA\[[^\]]*\]\]>|[^<]*)<\/\1>/g

const strange = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '-1',
    '1e308',
    '99999999999999999999',
    'NaN',
    '__proto__',
    'x'.repeat(100_000),
    '<a/>',
    '<a>1</a><a>2</a>',
  ),
  fc.string({ unit: 'binary', maxLength: 50 }).map(words => `<![CDATA[${words.replaceAll(']]>', '')}]]>`),
)
const mutated = fc
  .tuple(fc.constantFrom(...bodies), fc.nat(), fc.constantFrom('replace', 'remove', 'double', 'rename'), strange)
  .map(([body, at, how, value]) => {
    const found = [...body.matchAll(element)]
    const [whole, name] = found[at % found.length]!
    const other = {
      replace: `<${name}>${value}</${name}>`,
      remove: '',
      double: whole + whole,
      rename: whole.replaceAll(name!, '__proto__'),
    }[how as 'remove']
    return body.replace(whole, () => other)
  })

function eventsOf(body: string) {
  try {
    return wechat.parse({ method: 'POST', query: {}, headers: {}, body: new TextEncoder().encode(body) })
  } catch (error) {
    assert.ok(error instanceof SyntaxError || error instanceof TypeError, `parse threw ${error}`)
    return []
  }
}

test('whatever one element of a message is, parse answers valid events with ids of their own or refuses', () => {
  assert.ok(bodies.length > 30)
  const property = fc.property(mutated, body => {
    const events = eventsOf(body)
    for (const event of events) {
      const { error } = eventSchema.safeParse(event)
      assert.ok(!error, error && `${z.prettifyError(error)} in ${JSON.stringify(event).slice(0, 300)}`)
    }
    assert.equal(new Set(events.map(e => e.id)).size, events.length)
  })
  fc.assert(property, { numRuns: 2000, seed: 20_261_121 })
})
