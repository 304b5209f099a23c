import { createHash } from 'node:crypto'
import { keywordOf } from '../../domain/sms.ts'
import type { InboundEvent, RawRequest, ReceiptStatus } from '../contract.ts'
import { address, bodyJson, externalId, type Json, maybe, milliseconds, number, text } from '../kit.ts'
import { at, entries, table } from './template.ts'

/** Reads what `verify` stored: the fields of the gateway and the names they go by. */
export function parse(request: RawRequest): InboundEvent[] {
  const { as, got } = bodyJson(request)
  if (got === undefined || got === null) throw new TypeError('no fields of a gateway')
  const names = namesIn(maybe(as))
  const list = names.receiptList || names.inboundList
  return entries(got, list).flatMap(entry => eventsOf(entry, names))
}

const fields = [
  ...(['receiptList', 'receiptId', 'receiptStatus', 'receiptError', 'receiptTime', 'statuses'] as const),
  ...(['inboundList', 'inboundId', 'inboundFrom', 'inboundText', 'inboundTime'] as const),
]
type Names = Record<(typeof fields)[number], string>

const namesIn = (as: Json): Names => Object.fromEntries(fields.map(name => [name, text(as[name]) ?? ''])) as Names

function eventsOf(entry: unknown, names: Names): InboundEvent[] {
  const of = read(entry, names.receiptId)
  const status = read(entry, names.receiptStatus)
  if (of && status) return [receipt(entry, { of, status }, names)]
  const from = read(entry, names.inboundFrom)
  const words = read(entry, names.inboundText)
  if (from && words !== undefined) return message(entry, { from, words }, names)
  return [{ type: 'unsupported', id: idOf(entry), what: 'a call that is neither a message nor a receipt' }]
}

const read = (entry: unknown, name: string): string | undefined => (name ? text(at(entry, name)) : undefined)

const known: readonly string[] = ['sent', 'delivered', 'read', 'failed']

function receipt(entry: unknown, { of, status }: { of: string; status: string }, names: Names): InboundEvent {
  const means = table(names.statuses).get(status)
  const id = externalId(`receipt:${of}:${status}`)
  if (!means || !known.includes(means)) return { type: 'unsupported', id, what: `receipt with the status ${status}` }
  const error = read(entry, names.receiptError)
  const detail = `The gateway says ${status}${error ? ` (${error})` : ''}`
  return {
    type: 'receipt',
    id,
    of: externalId(of),
    status: means as ReceiptStatus,
    at: timeOf(read(entry, names.receiptTime)),
    ...(means === 'failed' && { failure: { why: 'invalid' as const, detail } }),
  }
}

function message(entry: unknown, said: { from: string; words: string }, names: Names): InboundEvent[] {
  const given = read(entry, names.inboundId)
  const id = given ? externalId(given) : idOf(entry)
  const from = addressOf(said.from)
  if (!from) return [{ type: 'unsupported', id, what: 'a message of nobody' }]
  const words = said.words.replaceAll('\0', '')
  const origin = {
    from: address(from),
    at: timeOf(read(entry, names.inboundTime)),
    ...(/^\d{7,15}$/.test(from) && { sender: { phone: from } }),
  }
  const part = words ? { type: 'text' as const, text: words } : { type: 'unsupported' as const, what: 'empty message' }
  const heard: InboundEvent = { type: 'message', id, ...origin, parts: [part] }
  const keyword = keywordOf(words)
  if (keyword !== 'stop' && keyword !== 'start') return [heard]
  const consent = { id: externalId(`${id} consent`), ...origin, given: keyword === 'start', purpose: 'all' as const }
  return [heard, { type: 'consent', ...consent }]
}

/** Numbers are kept in digits with their country code; short codes and names stay as they are. */
export const addressOf = (number: string): string => number.trim().replace(/^(\+|00)(?=[1-9]\d{6,14}$)/, '')

const idOf = (entry: unknown) =>
  externalId(
    createHash('sha256')
      .update(JSON.stringify(entry) ?? '')
      .digest('hex')
      .slice(0, 40),
  )

/** Seconds or milliseconds of the epoch, an ISO time, or `2026-11-21 12:00:00` in UTC. Others tell no time. */
function timeOf(value: string | undefined): Date {
  const count = number(value)
  if (count !== undefined) return milliseconds(Math.abs(count) < 1e11 ? count * 1000 : count)
  const bare = /^\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?$/.test(value ?? '')
  return milliseconds(Date.parse(bare ? `${value!.replace(' ', 'T')}Z` : (value ?? '')) || 0)
}
