import { setTimeout as pause } from 'node:timers/promises'
import { type HttpAnswer, type Io, type Listening, Refused } from '../contract.ts'
import { type Json, list, maybe, text } from '../kit.ts'
import { safely } from '../tencent/call.ts'
import { Declined, type Refusal } from '../tencent/refusal.ts'
import { call } from './api.ts'
import { refusal } from './refusal.ts'
import type { Settings } from './settings.ts'
import { echoPage, welcome } from './welcome.ts'

/** Calls may be lost or go to another process; asking without the word of a call is allowed only now and then. */
const lookMs = 15_000
const limitedMs = 60_000
/** The word of a call is good for ten minutes; a little less here. */
const wordMs = 9 * 60_000

type On = Listening<Settings>
/** The newest word that a call brought. */
interface Word {
  word: string
  until: number
}

/** Fetches what is new, page after page, when a call at the door says so and from time to time. */
export async function listen(on: On): Promise<void> {
  let known: Word | undefined
  while (!on.signal.aborted) {
    const limited = await fetchAll(on, known)
    if (on.signal.aborted) return
    on.connected()
    const heard = await wait(on, limited ? limitedMs : lookMs)
    if (heard) known = { word: heard, until: on.io.now.getTime() + wordMs }
  }
}

const wait = (on: On, ms: number): Promise<string | undefined> =>
  on.news?.(ms) ?? pause(ms, undefined, { signal: on.signal }).catch(() => undefined)

/** Until nothing is left. A page may be empty although more follows. True when WeCom asks for patience. */
async function fetchAll(on: On, known: Word | undefined): Promise<boolean> {
  let word = known && known.until > on.io.now.getTime() ? known.word : undefined
  for (let more = true; more && !on.signal.aborted; ) {
    const cursor = text(maybe(await on.cursor.get()).cursor)
    const answer = await page(on.io, { ...(cursor && { cursor }), ...(word && { token: word }) })
    const refused = refusal(answer)
    if (refused?.why === 'rate') return true
    // It may be the word that is refused, so the page is asked for without it before anything is given up.
    if (refused && (refused.why !== 'invalid' || !word)) throw failure(refused)
    if (refused) word = undefined
    else more = (await take(on, answer, cursor)) === 'more'
  }
  return false
}

async function page(io: Io<Settings>, from: { cursor?: string; token?: string }): Promise<HttpAnswer> {
  // The largest page, and voices as they are recorded: AMR.
  const json = { ...from, limit: 1000, voice_format: 0, open_kfid: io.settings.openKfId }
  try {
    return await safely(() => call({ path: '/cgi-bin/kf/sync_msg', json, maxBytes: 20_000_000 }, io))
  } catch (error) {
    throw error instanceof Declined ? failure(error.refusal) : error
  }
}

/** Stored first, remembered afterwards: what is fetched twice changes nothing. A cursor that stands still ends it. */
async function take(on: On, answer: HttpAnswer, cursor: string | undefined): Promise<'more' | 'all'> {
  const { next_cursor, has_more, msg_list } = maybe(answer.json)
  const items = list(msg_list).map(maybe)
  const next = text(next_cursor)
  if (items.length) await on.deliver(pageRequest(answer.bytes))
  if (next && next !== cursor) await on.cursor.set({ cursor: next })
  for (const item of items) await greet(on, item)
  return has_more === 1 && next && next !== cursor ? 'more' : 'all'
}

/** What WeCom let us say to somebody who just came is shown in the chat as what the business said. */
async function greet(on: On, item: Json): Promise<void> {
  const said = await welcome(item, on.io)
  if (said) await on.deliver(pageRequest(new TextEncoder().encode(JSON.stringify(echoPage(item, said)))))
}

const pageRequest = (body: Uint8Array) => ({
  method: 'POST',
  query: {},
  headers: { 'content-type': 'application/json' },
  body,
})

const failure = ({ why, detail }: Refusal): Error => (why === 'auth' ? new Refused(detail) : new Error(detail))
