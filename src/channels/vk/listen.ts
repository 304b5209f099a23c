import { type Io, type Listening, Refused } from '../contract.ts'
import { type Json, maybe, records, text } from '../kit.ts'
import { call, refusal, responseOf } from './api.ts'
import type { Settings } from './settings.ts'

interface Line {
  server: string
  key: string
  ts: string
}

/** Bots Long Poll: asks for what happened since `ts`, and is answered when something did or after `wait` seconds. */
export async function listen(on: Listening<Settings>): Promise<void> {
  if (on.io.settings.receive !== 'longpoll') return untilStopped(on.signal)
  const since = text(maybe(await on.cursor.get()).ts)
  let line = await newLine(on.io)
  if (since) line.ts = since
  on.connected()
  while (!on.signal.aborted) line = await next(line, on)
}

/** One question, and what it changes about the next. */
async function next(line: Line, on: Listening<Settings>): Promise<Line> {
  const answer = await ask(line, on.io)
  const failed = text(answer.failed)
  if (failed) return afterFailure(failed, { line, answer, on })
  const ts = text(answer.ts)
  if (ts === undefined) throw new Error('VK answered the long poll without ts')
  for (const update of records(answer.updates)) await on.deliver(asCallback(update, on.io.settings))
  await on.cursor.set({ ts })
  on.connected()
  return { ...line, ts }
}

async function ask({ server, key, ts }: Line, io: Io<Settings>): Promise<Json> {
  const url = new URL(server)
  url.search = new URLSearchParams({ act: 'a_check', key, ts, wait: '25' }).toString()
  const answer = await io.http({ method: 'GET', url: url.href, timeoutMs: 40_000, maxBytes: 20_000_000 })
  if (answer.status !== 200) throw new Error(`VK's long poll answered HTTP ${answer.status}`)
  return maybe(answer.json)
}

interface Failed {
  line: Line
  answer: Json
  on: Listening<Settings>
}

/** 1: the events since `ts` are partly gone. 2: the key is over. 3: all is gone. (dev.vk.com, Bots Long Poll API) */
async function afterFailure(failed: string, { line, answer, on }: Failed): Promise<Line> {
  const fresh = failed === '1' ? { ...line, ts: text(answer.ts) ?? line.ts } : await newLine(on.io)
  if (failed === '2') return { ...fresh, ts: line.ts }
  await on.deliver(asCallback({ type: 'long_poll_gap', event_id: `gap:${line.ts}:${fresh.ts}` }, on.io.settings))
  await on.cursor.set({ ts: fresh.ts })
  return fresh
}

async function newLine(io: Io<Settings>): Promise<Line> {
  const answer = await call('groups.getLongPollServer', { group_id: io.settings.groupId }, io)
  const refused = refusal(answer)
  if (refused) throw refused.why === 'auth' ? new Refused(refused.detail) : new Error(refused.detail)
  const { server, key, ts } = responseOf(answer)
  if (!text(server) || !text(key)) throw new Error('VK named no server for the long poll')
  return { server: text(server)!, key: text(key)!, ts: text(ts) ?? '0' }
}

/** An update is what the Callback API would have sent, but for the secret. */
function asCallback(update: Json, { groupId, secretKey, apiVersion }: Settings) {
  const body = JSON.stringify({ v: apiVersion, ...update, group_id: update.group_id ?? groupId, secret: secretKey })
  return { method: 'POST', query: {}, headers: {}, body: new TextEncoder().encode(body) }
}

function untilStopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise(done => signal.addEventListener('abort', () => done(), { once: true }))
}
