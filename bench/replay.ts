import fs from 'node:fs'
import path from 'node:path'
import { readDialogues } from '../test/harness/dialogues.ts'
import { replay as play } from '../test/harness/replay.ts'
import { startParley } from '../test/harness/server.ts'
import type { Figure } from './figure.ts'

const file = path.resolve(import.meta.dirname, '../../shared/data/dialogues/star/star_odd_ids.jsonl.gz')

/** All the real dialogues there are, over three messengers and the website, with every answer through the API, then read back. */
export async function replay(): Promise<Figure[]> {
  if (!fs.existsSync(file)) {
    console.log('The real dialogues are not on this machine (../shared/data): the replay is left out.')
    return []
  }
  // Visitors of the website come from addresses of their own, as through a proxy.
  const own = await startParley({ database: 'own', env: { PARLEY_TRUST_PROXY: 'true' } })
  try {
    const { received, answered, seconds, settledSeconds, differences, dialogues } = await play({
      dialogues: readDialogues(file),
      speed: 'max',
      together: 160,
      url: own.url,
      key: own.key,
    })
    const lines = received + answered
    return [
      {
        name: 'Replay of real dialogues: lines that are lost, doubled, out of order or on the wrong person',
        value: differences.length,
        unit: `of ${lines}`,
        target: '<= 0',
        note: `${dialogues} dialogues, ${received} lines of customers and ${answered} answers in ${Math.round(seconds)} s (${Math.round(lines / seconds)} a second), checked ${Math.round(settledSeconds)} s later; simulators, customers and server on the same machine.`,
      },
    ]
  } finally {
    await own.stop()
  }
}
