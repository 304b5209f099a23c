import type { RawRequest } from '../channels/contract.ts'
import type { Connected } from '../connections/book.ts'
import { noteRejection } from '../connections/health.ts'
import { answerKnock } from '../connections/knock.ts'
import { tellNews } from '../connections/news.ts'
import { noteReached } from '../connections/reached.ts'
import type { Parley } from '../parley.ts'
import type { Doorway } from './doorway.ts'

export interface Answer {
  status: number
  body?: string
  contentType?: string
}

/**
 * The first stop of every incoming message: find the channel, verify over the raw bytes, store them durably, and only
 * then answer 200. Nothing is parsed here. Throws when the database cannot store it: the provider then tries again.
 */
export async function receiveWebhook(
  on: Parley & { doorway: Doorway },
  channelId: string,
  request: RawRequest,
): Promise<Answer> {
  const channel = await on.channels.byId(channelId)
  if (!channel) return { status: 404, body: 'There is no channel with this id.\n' }
  const here = answerKnock(on, channelId, request)
  if (here) return { status: 200, body: here }
  const verdict = channel.adapter.verify(request, channel.settings, on.now())
  if (verdict.verdict === 'reject') {
    noteRejection(on, channel, verdict.why)
    return { status: verdict.status ?? 401, body: `Refused: ${verdict.why}\n` }
  }
  noteReached(on, channel, verdict.verdict)
  if (verdict.verdict === 'answer' && verdict.news !== undefined) tellNews(on, channel.id, verdict.news)
  if (verdict.verdict === 'accept') await on.doorway.store(channel, kept(channel, opened(request, verdict)))
  return { status: 200, body: verdict.body ?? '', contentType: verdict.contentType ?? 'text/plain; charset=utf-8' }
}

const opened = (request: RawRequest, verdict: { opened?: Uint8Array }): RawRequest =>
  verdict.opened ? { ...request, body: verdict.opened } : request

function keptQuery(names: readonly string[] | 'all' = [], query: Record<string, string>): Record<string, string> {
  return names === 'all' ? query : Object.fromEntries(Object.entries(query).filter(([name]) => names.includes(name)))
}

/** Headers carry secrets; only those that parsing needs are kept. */
function kept({ adapter }: Connected, request: RawRequest): RawRequest {
  const headers: Record<string, string> = {}
  for (const name of ['content-type', ...(adapter.keeps ?? [])]) {
    const value = request.headers[name]
    if (value !== undefined) headers[name] = value
  }
  const { url: _, ...kept } = request
  return { ...kept, headers, query: keptQuery(adapter.keepsQuery, request.query) }
}
