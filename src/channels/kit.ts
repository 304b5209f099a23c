import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { keywordOf } from '../domain/sms.ts'
import {
  type Address,
  AnswerLost,
  type ExternalId,
  type InboundEvent,
  type Io,
  NotSent,
  type RawRequest,
  type SendResult,
} from './contract.ts'

export type Json = Record<string, unknown>

export const bodyText = (request: RawRequest): string => new TextDecoder('utf-8', { fatal: false }).decode(request.body)

/** JSON whose integers beyond 2^53 become strings instead of other numbers. Throws SyntaxError on rubbish. */
export function parseJson(text: string): unknown {
  // Only digits that begin a value matter; ids in quotes are text already. A miss within quotes costs time, nothing else.
  if (!/(?:^|[:[,])\s*-?\d{16}/.test(text)) return JSON.parse(text)
  try {
    return JSON.parse(text, (_key, value, context?: { source?: string }) =>
      typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
        ? (context?.source ?? String(value))
        : value,
    )
  } catch (error) {
    // A reviver walks the tree on the stack; JSON.parse alone does not.
    if (error instanceof RangeError) throw new SyntaxError('JSON nested too deeply')
    throw error
  }
}

export const bodyJson = (request: RawRequest): Json => record(parseJson(bodyText(request)))

/** An object, or a TypeError that says what was there instead. */
export function record(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(
      `expected an object, got ${value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value}`,
    )
  return value as Json
}

/** An object, or an empty one: for the optional branches of a payload. */
export const maybe = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}

export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

export const records = (value: unknown): Json[] =>
  list(value).filter(v => typeof v === 'object' && v !== null && !Array.isArray(v)) as Json[]

/** Text of a string or number, or undefined: ids come as either. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined
}

export function number(value: unknown): number | undefined {
  const n = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof n === 'number' && Number.isFinite(n) ? n : undefined
}

/** Copies only what is there, so that optional fields stay absent rather than undefined. */
export function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined && v !== '')) as never
}

export const externalId = (value: string): ExternalId => bounded(value) as ExternalId
export const address = (value: string): Address => bounded(value) as Address

/** Ids are keys of the database, which takes no endless ones. No network has any; a forged or broken event may. */
const bounded = (value: string): string =>
  value.length <= 512 ? value : `${value.slice(0, 400)}:${createHash('sha256').update(value).digest('hex')}`

export const seconds = (value: unknown): Date => milliseconds((number(value) ?? 0) * 1000)

/** A time that no calendar has is the epoch, rather than an invalid date. */
export function milliseconds(value: unknown): Date {
  const ms = number(value) ?? 0
  return new Date(Math.abs(ms) <= 8.64e15 ? ms : 0)
}

/** Constant-time, and never true for an empty secret. */
export function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return b.length > 0 && a.length === b.length && timingSafeEqual(a, b)
}

export const hmacSha256Hex = (key: string, body: Uint8Array): string =>
  createHmac('sha256', key).update(body).digest('hex')

/** Runs a send and turns the network's accidents into results: not sent is retried, a lost answer is not. */
export async function attempt<S>(io: Io<S>, run: (io: Io<S>) => Promise<SendResult>): Promise<SendResult> {
  try {
    return await run(io)
  } catch (error) {
    if (error instanceof NotSent) return { ok: false, why: 'down', detail: error.message }
    if (error instanceof AnswerLost) return { ok: false, why: 'unknown', detail: error.message }
    throw error
  }
}

/** What only adorns an account or vouches for it: an accident on the way there leaves it out. */
export async function aside<T>(ask: () => Promise<T>): Promise<T | undefined> {
  return ask().catch(error => {
    if (error instanceof NotSent || error instanceof AnswerLost) return undefined
    throw error
  })
}

type Message = Extract<InboundEvent, { type: 'message' }>

/** For networks of plain text: STOP and START are consent beside the message, which is shown all the same. */
export function withConsent(message: Message): InboundEvent[] {
  const [only, ...others] = message.parts
  const keyword = only?.type === 'text' && !others.length ? keywordOf(only.text) : undefined
  return keyword === 'stop' || keyword === 'start' ? [message, consent(message, keyword)] : [message]
}

/** Of the one who wrote the message, and at the same time. */
export function consent({ id, from, at, sender, account }: Message, keyword: 'stop' | 'start'): InboundEvent {
  const given = keyword === 'start'
  const origin = { id: externalId(`${id} consent`), from, at, ...present({ sender, account }) }
  return { type: 'consent', given, purpose: 'all', ...origin }
}
