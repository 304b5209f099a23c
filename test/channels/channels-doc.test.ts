import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { channelsDoc } from '../../bin/channels-doc.ts'
import { adapters } from '../../src/channels/index.ts'

const written = path.resolve(import.meta.dirname, '../../docs/channels.md')

test('docs/channels.md says what the channels declare; bin/channels-doc writes it', () => {
  assert.equal(fs.readFileSync(written, 'utf8'), channelsDoc(adapters))
})

test('every channel and every place of it has a row in every table, the channel a section of its own', () => {
  const doc = channelsDoc(adapters)
  const tables = doc.split('\n').filter(line => line.startsWith('| Channel |')).length
  for (const { name, kind, places = [] } of adapters) {
    const rows = doc.split('\n').filter(line => line.startsWith(`| [${name}](`))
    assert.equal(rows.length, tables * (1 + places.length), name)
    assert.match(doc, new RegExp(`^## ${name}$`, 'm'))
    assert.ok(fs.existsSync(path.resolve(path.dirname(written), `../src/channels/${kind}`)))
  }
})

test('all rows of a table have as many cells as its head', () => {
  for (const block of channelsDoc(adapters)
    .split('\n\n')
    .filter(b => b.startsWith('|'))) {
    const widths = new Set(
      block
        .trim()
        .split('\n')
        .map(line => line.split(' | ').length),
    )
    assert.equal(widths.size, 1, block)
  }
})
