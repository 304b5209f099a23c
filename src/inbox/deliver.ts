import { afterFailure, type ExternalId, type FailReason, type SendResult } from '../channels/contract.ts'
import type { Connected } from '../connections/book.ts'
import { noteSent } from '../connections/health.ts'
import { needsReconnect } from '../connections/reconnect.ts'
import { canAt } from '../domain/capabilities.ts'
import type { Job, TaskAnswer, TaskContext } from '../jobs/job.ts'
import { changingAsWorker } from '../live/publish.ts'
import type { Parley } from '../parley.ts'
import { clean } from './doorway.ts'
import { ioFor } from './io.ts'
import {
  markSending,
  type OutgoingMessage,
  outgoing,
  type PieceRow,
  recordNotSent,
  recordSent,
  tellOutcome,
} from './outgoing.ts'
import { type Pace, patienceMs } from './pace.ts'

/**
 * Delivers one message, piece by piece, in order. `sending` is recorded before the provider is called and the outcome
 * after; so a crash between leaves a trace, and what may have been sent is never sent again by itself, except where
 * the provider tells repetitions by our key.
 */
export async function deliver(on: Parley & { pace: Pace }, job: Job, context: TaskContext): Promise<TaskAnswer> {
  const message = await outgoing(on.db, job.workspaceId, (job.payload as { message: string }).message)
  if (!message) return undefined
  const channel = await on.channels.byId(message.channelId)
  if (!channel) return void (await giveUp(on, message, 'The channel was removed.'))
  if (channel.state !== 'on') return { retryAt: later(on, channel.state === 'reconnect' ? 300 : 60) }
  for (const piece of message.pieces) {
    if (piece.status === 'failed' || piece.status === 'unknown') return undefined
    if (piece.status !== 'queued' && piece.status !== 'sending') continue
    const answer = await deliverPiece(on, { message, piece, channel }, context)
    if (answer !== 'sent') return answer === 'ended' ? undefined : answer
  }
  return undefined
}

interface Delivering {
  message: OutgoingMessage
  piece: PieceRow
  channel: Connected
}
type Went = 'sent' | 'ended' | { retryAt: Date }

async function deliverPiece(on: Parley & { pace: Pace }, what: Delivering, context: TaskContext): Promise<Went> {
  const { message, piece, channel } = what
  if (piece.status === 'sending' && !canAt(message.address, channel.adapter).idempotent)
    return conclude(on, what, {
      ok: false,
      why: 'unknown',
      detail: 'Parley was interrupted while sending it: it may have been sent.',
    })
  const free = on.pace.take(channel, { address: message.address, key: piece.key })
  if (free > 0) {
    if (free > patienceMs) return { retryAt: later(on, free / 1000) }
    await new Promise(r => setTimeout(r, free))
  }
  if (context.signal.aborted || !(await context.stillOwned())) return { retryAt: on.now() }
  const id = { ...ids(what) }
  if (!(await markSending(on.db, id))) return 'ended'
  const result = await sendPiece(on, what, context)
  return conclude(on, what, result)
}

const ids = ({ message, piece }: Delivering) => ({
  workspaceId: message.workspaceId,
  messageId: message.messageId,
  n: piece.n,
  key: piece.key,
})

async function sendPiece(
  on: Parley,
  { message, piece, channel }: Delivering,
  context: TaskContext,
): Promise<SendResult> {
  const to = {
    address: message.address,
    key: piece.key,
    attempt: piece.attempts + 1,
    ...(message.automatic && { automatic: true as const }),
    ...(message.last && { last: message.last }),
    ...(piece.n === 0 && message.replyTo && { replyTo: message.replyTo }),
    ...(piece.n === 0 && message.replyKept && { replyKept: message.replyKept }),
  }
  try {
    return await channel.adapter.send(piece.piece, to, ioFor(on, channel, context.signal))
  } catch (error) {
    on.log.error(
      { channel: channel.id, message: message.messageId, error: (error as Error).message },
      'Sending ended in an unexpected error.',
    )
    return { ok: false, why: 'unknown', detail: `Unexpected: ${(error as Error).message}` }
  }
}

/** Records what came out, tells the screens, and says what happens next. */
async function conclude(on: Parley & { pace: Pace }, what: Delivering, given: SendResult): Promise<Went> {
  const { message, channel } = what
  const result = tidyResult(given)
  const went = result.ok ? 'sent' : next(on, what, result)
  await changingAsWorker(on, message.workspaceId, async tx => {
    if (result.ok) await recordSent(tx, { ...ids(what), channelId: channel.id }, result)
    else {
      const status = typeof went === 'object' ? 'queued' : result.why === 'unknown' ? 'unknown' : 'failed'
      await recordNotSent(tx, ids(what), { status, failure: { why: result.why, detail: result.detail } })
    }
    await tellOutcome(tx, message.workspaceId, message.messageId)
    // After the conversation, as in `receive`: in another order the two would wait for each other.
    await noteSent(tx, { workspaceId: message.workspaceId, channelId: channel.id }, result, on.now())
    if (!result.ok && afterFailure[result.why] === 'reconnect') await needsReconnect(on, tx, channel, result.detail)
  })
  if (!result.ok && result.why === 'rate') on.pace.slow(channel, result.retryAfterSeconds ?? 1)
  return went
}

/** Their words in a form that can be stored; in their ids, too, nothing else could be found again. */
function tidyResult(result: SendResult): SendResult {
  if (!result.ok) return { ...result, detail: clean(result.detail) }
  const tidy = (id: ExternalId) => clean(id) as ExternalId
  return { ...result, id: tidy(result.id), ...(result.more && { more: result.more.map(tidy) }) }
}

/** A provider that is down may be down for a night; after a day the agent is told instead. */
const patienceAttempts = 60

/** A lost answer is asked for again where the provider tells repetitions by our key, which it forgets after a while. */
const patienceForAnswers = 8

function next(
  on: Parley,
  { message, piece, channel }: Delivering,
  failure: { why: FailReason; retryAfterSeconds?: number },
): Went {
  const { idempotent } = canAt(message.address, channel.adapter)
  const askAgain = failure.why === 'unknown' && idempotent && piece.attempts < patienceForAnswers
  const after = askAgain ? 'retry' : afterFailure[failure.why]
  if (after === 'reconnect') return { retryAt: later(on, 300) }
  if (after !== 'retry') return 'ended'
  // To be told to slow down is no failure, however often.
  if (failure.why === 'rate') return { retryAt: later(on, failure.retryAfterSeconds ?? 1 + on.random()) }
  if (piece.attempts >= patienceAttempts) return 'ended'
  if (failure.retryAfterSeconds) return { retryAt: later(on, failure.retryAfterSeconds) }
  const pause = Math.min(1800, 2 ** Math.min(piece.attempts, 11))
  return { retryAt: later(on, pause * (0.5 + on.random() / 2)) }
}

const later = (on: Parley, seconds: number): Date => new Date(on.now().getTime() + seconds * 1000)

async function giveUp(on: Parley, message: OutgoingMessage, detail: string): Promise<void> {
  await changingAsWorker(on, message.workspaceId, async tx => {
    for (const piece of message.pieces)
      await recordNotSent(
        tx,
        { workspaceId: message.workspaceId, messageId: message.messageId, n: piece.n, key: piece.key },
        { status: 'failed', failure: { why: 'invalid', detail } },
      )
    await tellOutcome(tx, message.workspaceId, message.messageId)
  })
}
