import { createHash } from 'node:crypto'
import { type Io, type Outgoing, type Piece, Refused, type SendResult } from '../contract.ts'
import { attempt, externalId } from '../kit.ts'
import { written } from './alphabet.ts'
import { header, sarTlvs, udhi } from './concat.ts'
import type { Content } from './line.ts'
import { addressOf } from './parse.ts'
import { type Fields, tlv } from './pdu.ts'
import { forms, idAs } from './receipt.ts'
import { type Session, sending } from './session.ts'
import type { Settings } from './settings.ts'
import { refusal } from './status.ts'

/** Which parts of a message the centre has taken before it was too busy: the next try goes on behind them. */
const taken = new WeakMap<Session, Map<string, string[]>>()

export const send = (piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> =>
  attempt(io, async () => {
    const parts = render(piece, to, io.settings)
    try {
      return outcome(await submitAll(parts, to.key, await sending(io)), io.settings)
    } catch (error) {
      if (error instanceof Refused) return { ok: false, why: 'auth', detail: error.message }
      throw error
    }
  })

/** How many bytes of a part its text header takes. The centre writes one itself for sar fields. */
const headers = { udh8: 6, udh16: 7, sar: 6, payload: 0 } as const

/** The messages of the air that carry a piece. Throws on what SMS cannot carry. */
export function render(piece: Piece, to: Outgoing, settings: Settings): Content[] {
  if (piece.type !== 'text') throw new Error(`fit let ${piece.type} through to SMS, which cannot carry it`)
  const form = settings.longMessages
  const { coding, pieces } = written(piece.text, settings.alphabet, headers[form])
  // The same for every try, so that a phone puts the parts of two tries together.
  const ref = createHash('sha256').update(to.key).digest().readUInt16BE(0)
  const fields = { ...parties(to.address, settings.sender), registeredDelivery: 1, dataCoding: coding }
  return pieces.map((bytes, at) => {
    const place = { total: pieces.length, number: at + 1 }
    if (form === 'payload' && bytes.length > (coding ? 140 : 160))
      return { fields, tlvs: [[tlv.messagePayload, bytes]] }
    if (pieces.length === 1) return { fields: { ...fields, shortMessage: bytes } }
    if (form === 'sar') return { fields: { ...fields, shortMessage: bytes }, tlvs: sarTlvs(ref, place) }
    const shortMessage = Buffer.concat([header(form === 'udh16' ? form : 'udh8', ref, place), bytes])
    return { fields: { ...fields, esmClass: udhi, shortMessage } }
  })
}

function parties(address: string, sender: string): Fields {
  const [dest, source] = [addressOf(address), addressOf(sender)]
  const [to, from] = [typeOf(dest), typeOf(source)]
  return { source, sourceTon: from[0], sourceNpi: from[1], dest, destTon: to[0], destNpi: to[1] }
}

/** Type of number and numbering plan (5.2.5): international, a short code of the network, a name, or the centre's own. */
function typeOf(number: string): readonly [number, number] {
  if (!number) return [0, 0]
  if (!/^\d+$/.test(number)) return [5, 0]
  return number.length < 7 ? [3, 0] : [1, 1]
}

/** One part after the other, so that what follows a refused one is not sent. */
async function submitAll(parts: readonly Content[], key: string, session: Session): Promise<Answers> {
  const known = taken.get(session) ?? new Map<string, string[]>()
  taken.set(session, known)
  const ids = known.get(key) ?? []
  known.delete(key)
  for (const part of parts.slice(ids.length)) {
    const { status, id } = await session.submit(part)
    if (status && ids.length) known.set(key, ids)
    if (status) return { status, ids }
    ids.push(id)
  }
  return { status: 0, ids }
}

interface Answers {
  /** The command_status of the last part that was tried. */
  status: number
  ids: readonly string[]
}

export function outcome({ status, ids }: Answers, { messageIds }: Pick<Settings, 'messageIds'>): SendResult {
  if (status) return refusal(status)
  // A part without an id is on its way; no receipt can speak of it.
  const [id, ...more] = ids.filter(Boolean).map(one => externalId(idAs(one, forms[messageIds].taken)))
  if (!id) return { ok: false, why: 'unknown', detail: 'The message centre took the message without giving it an id' }
  return { ok: true, id, ...(more.length && { more }) }
}
