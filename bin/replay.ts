import { parseArgs } from 'node:util'
import { readDialogues } from '../test/harness/dialogues.ts'
import { type ReplayResult, replay } from '../test/harness/replay.ts'
import { startParley } from '../test/harness/server.ts'

const usage = `bin/replay <file.jsonl[.gz]> [--speed N|max] [--limit dialogues] [--together N] [--url http://… --key …]
  --speed     the pauses of the dialogues are divided by it; 0 or max leaves them out (default 60)
  --together  so many dialogues at the same time (default 200)
  --url, --key  a running Parley and a key of its owner; without them one is started for the replay`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    speed: { type: 'string', default: '60' },
    limit: { type: 'string' },
    together: { type: 'string', default: '200' },
    url: { type: 'string' },
    key: { type: 'string' },
  },
})

const [file] = positionals
const speed = /^(0|max)$/.test(values.speed) ? 'max' : Number(values.speed)
if (!file || Number.isNaN(speed) || Boolean(values.url) !== Boolean(values.key)) {
  console.error(usage)
  process.exit(2)
}
process.exitCode = await run(file)

async function run(name: string): Promise<number> {
  const dialogues = readDialogues(name, values.limit ? Number(values.limit) : undefined)
  // Visitors of the website come from addresses of their own, as through a proxy.
  const own = values.url ? undefined : await startParley({ database: 'own', env: { PARLEY_TRUST_PROXY: 'true' } })
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void (own?.stop() ?? Promise.resolve()).finally(() => process.exit(130)))
  try {
    const result = await replay({
      dialogues,
      speed,
      together: Number(values.together),
      url: own?.url ?? values.url!,
      key: own?.key ?? values.key!,
      progress: (lines, of) => {
        if (lines % 1000 === 0) console.log(`${lines} of ${of} lines`)
      },
    })
    print(result)
    return result.differences.length ? 1 : 0
  } finally {
    // What the server complained of, if anything.
    for (const line of own?.log().split('\n') ?? []) if (line.startsWith('{')) console.log(line)
    await own?.stop()
  }
}

function print(result: ReplayResult): void {
  const { byKind, differences, dialogues, received, answered, seconds, settledSeconds } = result
  console.table(byKind)
  console.log(
    `${dialogues} dialogues, ${received} lines of customers, ${answered} answers in ${seconds.toFixed(1)} s ` +
      `(${((received + answered) / seconds).toFixed(0)} lines a second); checked after ${settledSeconds.toFixed(1)} s more.`,
  )
  if (!differences.length)
    return console.log('Every line is there once, in order, on the right person, with the right status.')
  console.log(`${differences.length} differences, the first of them:\n  ${differences.slice(0, 10).join('\n  ')}`)
}
