import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { ownDialogues, readDialogues, starFile } from '../harness/dialogues.ts'
import { replay } from '../harness/replay.ts'
import { startParley } from '../harness/server.ts'

const server = await startParley({ env: { PARLEY_TRUST_PROXY: 'true' } })

test('dialogues arrive whole and in order over four networks, though half of what is delivered is doubled or overtaken', async t => {
  const real = fs.existsSync(starFile)
  if (!real)
    t.diagnostic('The real dialogues (shared/data/dialogues/star) are not here; a few of our own are played instead.')
  const dialogues = real ? readDialogues(starFile, 30) : ownDialogues(30)
  const result = await replay({
    dialogues,
    speed: 'max',
    url: server.url,
    key: server.key,
    prepare: worlds => {
      for (const { faults } of worlds) Object.assign(faults, { duplicate: 1, shuffle: 0.5 })
    },
  })
  assert.deepEqual(result.differences, [])
  assert.equal(
    result.received + result.answered,
    dialogues.reduce((n, d) => n + d.messages.length, 0),
  )
  assert.equal(Object.keys(result.byKind).length, 4)
})
