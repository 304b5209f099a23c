import { createHash } from 'node:crypto'
import { keywordOf } from '../../domain/sms.ts'
import type { InboundEvent, RawRequest } from '../contract.ts'
import { address, bodyJson, externalId, list, text } from '../kit.ts'
import { type Alphabet, wordsIn } from './alphabet.ts'
import { type Carried, carried } from './concat.ts'
import { decode, type Pdu, tlv } from './pdu.ts'
import { forms, type IdForm, receiptIn } from './receipt.ts'

/**
 * What `listen` hands in: `{ id, alphabet, messageIds, pdus, missing? }`, the untouched PDUs of one message in hexadecimal, in the
 * order of its parts. `missing` is how many parts never came.
 */
export function parse(request: RawRequest): InboundEvent[] {
  const body = bodyJson(request)
  const raws = list(body.pdus).map(rawOf)
  const pdus = raws.map(decode)
  const [first] = pdus
  if (!first) throw new TypeError('no PDU')
  const id = text(body.id) || createHash('sha256').update(Buffer.concat(raws)).digest('hex')
  const alphabet: Alphabet = body.alphabet === 'latin1' ? 'latin1' : 'gsm'
  const idForm = forms[body.messageIds as keyof typeof forms]?.receipt ?? 'any'
  return eventsOf({ id, alphabet, idForm, first, pdus, missing: Number(body.missing) || 0 })
}

interface Arrived {
  id: string
  alphabet: Alphabet
  idForm: IdForm
  first: Pdu
  pdus: Pdu[]
  missing: number
}

function rawOf(hex: unknown): Buffer {
  if (typeof hex !== 'string' || !/^([0-9a-f]{2})+$/i.test(hex))
    throw new TypeError('a PDU is not written in hexadecimal')
  return Buffer.from(hex, 'hex')
}

/** esm_class of a deliver_sm: what it is about (5.2.12). */
const kinds: Readonly<Record<number, string>> = {
  0: 'message',
  4: 'receipt',
  8: 'acknowledgement by the customer',
  16: 'acknowledgement by hand',
  24: 'conversation abort',
  32: 'receipt',
}

function eventsOf(arrived: Arrived): InboundEvent[] {
  const { first, alphabet } = arrived
  if (first.command !== 'deliver_sm' && first.command !== 'data_sm')
    return [unsupported(first.command ?? `command 0x${first.id.toString(16)}`, arrived)]
  const kind = kinds[(first.fields.esmClass ?? 0) & 0x3c] ?? 'unknown'
  // Some centres mark their receipts by nothing but these fields.
  const marked = first.tlvs.has(tlv.receiptedMessageId) && first.tlvs.has(tlv.messageState)
  if (kind === 'message' && !marked) return message(arrived)
  if (kind !== 'receipt' && !marked) return [unsupported(kind, arrived)]
  const { bytes } = carried(first)
  const words = wordsIn(bytes, first.fields.dataCoding ?? 0, { alphabet }) ?? Buffer.from(bytes).toString('latin1')
  return [receiptIn(first, words, arrived.idForm) ?? unsupported('receipt that cannot be read', arrived)]
}

function message(arrived: Arrived): InboundEvent[] {
  const from = origin(arrived)
  if (!from) return [unsupported('message of nobody', arrived)]
  const words = wordsOf(arrived)
  const { missing, pdus } = arrived
  const lost = { type: 'unsupported' as const, what: `${missing} of ${pdus.length + missing} parts are missing` }
  const parts = [
    words === null
      ? { type: 'unsupported' as const, what: `data (data_coding ${arrived.first.fields.dataCoding ?? 0})` }
      : words
        ? { type: 'text' as const, text: words }
        : { type: 'unsupported' as const, what: 'empty message' },
    ...(missing ? [lost] : []),
  ]
  const said: InboundEvent = { type: 'message', ...from, parts }
  const keyword = words && !missing ? keywordOf(words) : undefined
  if (keyword !== 'stop' && keyword !== 'start') return [said]
  const consent = { ...from, id: externalId(`${arrived.id} consent`) }
  return [said, { type: 'consent', ...consent, given: keyword === 'start', purpose: 'all' }]
}

/** The parts as one text; as one run of bytes where they are written alike, for a pair may lie across the cut. */
function wordsOf({ pdus, alphabet }: Arrived): string | null {
  const pieces = pdus.map(pdu => ({ ...carried(pdu), coding: pdu.fields.dataCoding ?? 0 }))
  const [{ coding, shift }] = pieces as [Carried & { coding: number }]
  const alike = pieces.every(p => p.coding === coding && JSON.stringify(p.shift) === JSON.stringify(shift))
  const runs = alike ? [{ bytes: Buffer.concat(pieces.map(p => p.bytes)), coding, shift }] : pieces
  const words = runs.map(run => wordsIn(run.bytes, run.coding, { alphabet, ...(run.shift && { shift: run.shift }) }))
  return words.includes(null) ? null : words.join('').replaceAll('\0', '')
}

function origin({ id, first }: Arrived) {
  const { source = '', sourceTon } = first.fields
  if (!source) return undefined
  const from = addressOf(source)
  const number = /^\d{7,15}$/.test(from)
  return {
    id: externalId(id),
    from: address(from),
    // SMPP tells no time.
    at: new Date(0),
    ...((sourceTon === 1 || number) && number && { sender: { phone: from } }),
  }
}

/** Numbers are kept in digits with their country code, however the operator writes them. */
export const addressOf = (number: string): string => number.trim().replace(/^(\+|00)(?=[1-9]\d{6,14}$)/, '')

const unsupported = (what: string, arrived: Arrived): InboundEvent => ({
  type: 'unsupported',
  what,
  ...(origin(arrived) ?? { id: externalId(arrived.id) }),
})
