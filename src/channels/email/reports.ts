import type { FailReason, InboundEvent } from '../contract.ts'
import { address, externalId } from '../kit.ts'
import { machines } from './automatic.ts'
import { contentsOf } from './contents.ts'
import { bytesOf, type Entity, header, headersOf, leavesOf, textOf } from './mime.ts'
import { type Mail, originOf } from './parse.ts'
import { claimedId, idsIn, type OwnId } from './thread.ts'

/** What became of a mail of ours: bounces (RFC 3464) and read receipts (RFC 8098). Undefined when it is no such report. */
export function reported(mail: Mail): InboundEvent[] | undefined {
  const leaves = leavesOf(mail.root)
  const status = leaves.find(({ type }) => type === 'message/delivery-status')
  const disposition = leaves.find(({ type }) => type === 'message/disposition-notification')
  if (disposition) return wasRead(mail, disposition)
  const [of, own] = originalOf(leaves) ?? (machines.test(mail.from!.address) ? namedIn(mail) : undefined) ?? []
  if (!of || !own) return undefined
  if (!status) return machines.test(mail.from!.address) ? [bounced(mail, { of, own })] : undefined
  return recipients(status).map((fields, n) => outcomeOf(fields, { mail, of, own, n }))
}

/** The report carries the mail itself or its headers. */
function originalOf(leaves: Entity[]): [string, OwnId] | undefined {
  for (const leaf of leaves) {
    if (!/^(message\/rfc822|message\/global|text\/rfc822-headers|message\/global-headers)$/.test(leaf.type)) continue
    const [id = ''] = idsIn(header(headersOf(bytesOf(leaf)), 'message-id'))
    const own = claimedId(id)
    if (own) return [id, own]
  }
  return undefined
}

/** Servers that know no reports (qmail) quote the mail in words. */
function namedIn(mail: Mail): [string, OwnId] | undefined {
  const words = leavesOf(mail.root).filter(({ type }) => type.startsWith('text/'))
  for (const id of words.flatMap(leaf => textOf(leaf).match(/parley\.[^\s<>@]{1,400}@[^\s<>@]+/g) ?? [])) {
    const own = claimedId(id)
    if (own) return [id, own]
  }
  return undefined
}

type Fields = Pick<Entity, 'headers'>

/** The groups of fields after the first, which is about the mail as a whole. */
const recipients = (status: Entity): Fields[] => {
  const groups = textOf(status)
    .split(/\n[ \t]*\n/)
    .map(group => headersOf(Buffer.from(group.trim(), 'latin1')))
  const found = groups.filter(group => header(group, 'action'))
  return found.length ? found : groups.slice(0, 1)
}

interface About {
  mail: Mail
  of: string
  own: OwnId
  n: number
}

function outcomeOf(fields: Fields, { mail, of, own, n }: About): InboundEvent {
  const action = header(fields, 'action').toLowerCase()
  const said = header(fields, 'diagnostic-code').replace(/^[\w-]+\s*;\s*/, '') || reasonIn(mail, fields)
  const status = statusOf(header(fields, 'status').split(/[\s(]/)[0]!, said)
  const detail = [said || 'The mail was not delivered', status && !said.includes(status) && `(${status})`]
    .filter(Boolean)
    .join(' ')
    .slice(0, 500)
  const receipt = { type: 'receipt', key: own.key, id: externalId(`${mail.id} ${n}`), of: externalId(of) } as const
  if (action === 'delayed') {
    const origin = { ...originOf(mail), id: receipt.id, from: address(own.person) }
    const { sender: _, aliases: __, ...bare } = origin
    return { type: 'happened', ...bare, what: 'delivery-delayed', values: { detail } }
  }
  if (action === 'delivered') return { ...receipt, status: 'delivered', at: mail.at }
  if (action === 'relayed' || action === 'expanded') return { ...receipt, status: 'sent', at: mail.at }
  return { ...receipt, status: 'failed', at: mail.at, failure: { why: whyOf(status), detail } }
}

/** Exim gives reasons of its own in words only: below the address, in lines that are indented further. */
function reasonIn(mail: Mail, fields: Fields): string {
  const person = header(fields, 'final-recipient').replace(/^[\w-]+\s*;\s*/, '')
  const words = leavesOf(mail.root).find(({ type }) => type === 'text/plain')
  const lines = words && person ? textOf(words).split(/\r?\n/) : []
  const at = lines.findIndex(line => line.trim() === person)
  const after = at < 0 ? [] : lines.slice(at + 1)
  const end = after.findIndex(line => !/^\s+\S/.test(line))
  return after
    .slice(0, end < 0 ? 1 : end)
    .map(line => line.trim())
    .join(' ')
}

/** `5.0.0` says no more than that it failed; where the words hold a code that says more, that is it. */
function statusOf(given: string, said: string): string {
  const [found] = /\b[45]\.\d{1,3}\.\d{1,3}\b/.exec(said) ?? []
  return found && given === `${found[0]}.0.0` ? found : given
}

/** RFC 3463. */
export function whyOf(status: string): FailReason {
  if (status.startsWith('4.')) return 'down'
  return /^5\.(2\.|7\.)/.test(status) ? 'blocked' : 'invalid'
}

function bounced(mail: Mail, { of, own }: { of: string; own: OwnId }): InboundEvent {
  const words = contentsOf(mail).words.text.replace(/\s+/g, ' ').slice(0, 300)
  const status = /\b[45]\.\d{1,2}\.\d{1,2}\b/.exec(words)?.[0] ?? ''
  return {
    type: 'receipt',
    key: own.key,
    id: externalId(`${mail.id} 0`),
    of: externalId(of),
    status: 'failed',
    at: mail.at,
    failure: { why: whyOf(status), detail: words || 'The mail came back' },
  }
}

function wasRead(mail: Mail, disposition: Entity): InboundEvent[] | undefined {
  const fields = headersOf(bytesOf(disposition))
  const [id = ''] = idsIn(header(fields, 'original-message-id'))
  const own = claimedId(id)
  if (!own || !/displayed/i.test(header(fields, 'disposition'))) return undefined
  const receipt = { type: 'receipt', key: own.key, id: externalId(`${mail.id} read`), of: externalId(id) } as const
  return [{ ...receipt, status: 'read', at: mail.at }]
}
