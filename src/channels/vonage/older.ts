import { createHash } from 'node:crypto'
import type { InboundEvent, ReceiptStatus } from '../contract.ts'
import { address, externalId, number, present, withConsent } from '../kit.ts'
import { whyOlder } from './errors.ts'
import { accountOf, digits, keyOf, when } from './parts.ts'

type Fields = Readonly<Record<string, string>>

/** An event of the older SMS API: a message, or a report about one (DLR). */
export function older(fields: Fields): InboundEvent[] {
  if (fields.status) return [receipt(fields)]
  const { msisdn, to, text: said } = fields
  const id = externalId(fields.messageId || `sms:${digest(fields)}`)
  if (!msisdn) return [{ type: 'unsupported', id, what: 'message of nobody' }]
  const origin = {
    id,
    from: address(digits(msisdn)),
    at: utc(fields['message-timestamp']),
    sender: { phone: digits(msisdn) },
    ...present({ account: accountOf(to), order: partOf(fields) }),
  }
  if (!said) return [{ type: 'unsupported', what: `${fields.type || 'empty'} message`, ...origin }]
  return withConsent({ type: 'message', parts: [{ type: 'text', text: said }], ...origin })
}

/** A long text comes in parts of one second, each a message of its own; this keeps them in order. */
const partOf = (fields: Fields): number | undefined =>
  fields.concat === 'true' ? number(fields['concat-part']) : undefined

/** `2026-11-21 10:00:00`, in UTC. */
const utc = (said = ''): Date => when(`${said.replace(' ', 'T')}Z`)

/** `YYMMDDhhmm`, in UTC. */
const stamp = (said = ''): Date => when(said.replace(/^(..)(..)(..)(..)(..)$/, '20$1-$2-$3T$4:$5:00Z'))

const heard: Readonly<Record<string, ReceiptStatus>> = {
  accepted: 'sent',
  buffered: 'sent',
  delivered: 'delivered',
  expired: 'failed',
  failed: 'failed',
  rejected: 'failed',
}

function receipt(fields: Fields): InboundEvent {
  const { messageId, status = '', to } = fields
  const known = Object.hasOwn(heard, status) ? heard[status] : undefined
  const id = externalId(`${messageId || digest(fields)}:${status}`)
  if (!known || !messageId) return { type: 'unsupported', id, what: `status ${status}` }
  const code = fields['err-code']
  return {
    type: 'receipt',
    id,
    of: externalId(messageId),
    status: known,
    at: stamp(fields.scts),
    ...present({ key: keyOf(fields['client-ref']), account: accountOf(to) }),
    ...(known === 'failed' && { failure: { why: whyOlder(code), detail: `Vonage says: ${status} (${code ?? '?'})` } }),
  }
}

const digest = (fields: Fields): string => createHash('sha256').update(JSON.stringify(fields)).digest('hex')
