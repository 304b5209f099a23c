// Runs stored deliveries again through the API of a running Parley. Doing it twice changes nothing.
import { parseArgs } from 'node:util'

const help = `Runs stored deliveries again: one, a channel's, a time range, or all that was set aside.

  bin/replay-deliveries --key KEY [--url http://localhost:3000] --id 123
  bin/replay-deliveries --key KEY --channel 4 --from 2026-11-20T08:00Z --to 2026-11-20T09:00Z
  bin/replay-deliveries --key KEY --state quarantined

The key may also be in PARLEY_KEY. What is known already stays as it is; what the channel has learnt since becomes a message.`

const option = { type: 'string' } as const
const { values } = parseArgs({
  options: {
    url: { ...option, default: 'http://localhost:3000' },
    key: option,
    id: option,
    channel: option,
    from: option,
    to: option,
    state: option,
    help: { type: 'boolean' },
  },
})
const { url, key = process.env.PARLEY_KEY, id, help: asked, ...range } = values
if (asked || !key || (!id && !Object.keys(range).length)) {
  console.log(help)
  process.exit(asked ? 0 : 1)
}
const answer = await fetch(`${url}/api/v1/deliveries/${id ? `${id}/` : ''}replay`, {
  method: 'POST',
  headers: { authorization: `Bearer ${key}`, ...(!id && { 'content-type': 'application/json' }) },
  ...(!id && { body: JSON.stringify(range) }),
}).catch((error: Error) => {
  console.error(`No Parley answers at ${url}: ${error.cause instanceof Error ? error.cause.message : error.message}`)
  process.exit(1)
})
const said = (await answer.json()) as { replayed?: number; detail?: string }
console.log(answer.ok ? `${said.replayed} deliveries are run again.` : `Refused: ${said.detail}`)
process.exit(answer.ok ? 0 : 1)
