import { wordsIn, written } from '../../src/channels/smpp/alphabet.ts'
import { carried, header, udhi } from '../../src/channels/smpp/concat.ts'
import { type Fields, type Pdu, tlv } from '../../src/channels/smpp/pdu.ts'
import type { Person } from '../wire.ts'
import type { World } from '../world.ts'
import { post } from './centre.ts'

/** A text as a telephone sends it: in parts, each with its header. */
export function pieceOfAir(text: string, ref: number): Fields[] {
  const { coding, pieces } = written(text, 'gsm', 6)
  return pieces.map((bytes, at) => {
    if (pieces.length === 1) return { dataCoding: coding, shortMessage: bytes }
    const head = header('udh8', ref, { total: pieces.length, number: at + 1 })
    return { dataCoding: coding, esmClass: udhi, shortMessage: Buffer.concat([head, bytes]) }
  })
}

interface Sent {
  person: Person
  world: World
  bubble: string
}

export function deliver(fields: Fields, { person, world, bubble }: Sent): void {
  const route = { source: person.phone, sourceTon: 1, sourceNpi: 1, dest: '16400', destTon: 3 }
  post(
    { what: 'deliver_sm', command: 'deliver_sm', content: { fields: { ...route, ...fields } }, bubble, attempt: 0 },
    world,
  )
}

interface Taken {
  status: number
  id?: string
}

interface Part {
  pdu: Pdu
  id: string
}

/** What of a message of several parts has come, by person and reference. */
const incomplete = new WeakMap<World, Map<string, Map<number, Part>>>()

/** Checks a submit_sm as a centre does, shows it on the phone once it is whole, and sends receipts. */
export function accept(pdu: Pdu, world: World): Taken {
  const { fields, tlvs } = pdu
  const person = [...world.people.values()].find(p => p.phone === fields.dest)
  if (!person) return { status: 0x0b }
  if (fields.source && !/^(16400|[A-Za-z][\w .&-]{0,10})$/.test(fields.source)) return { status: 0x0a }
  const long = tlvs.get(tlv.messagePayload)
  if (long && fields.shortMessage?.length) return { status: 0x01 }
  const room = fields.dataCoding === 8 || fields.dataCoding === 4 ? 140 : 160
  if (!long && (fields.shortMessage?.length ?? 0) > room) return { status: 0x01 }
  if (![0, 1, 3, 8].includes(fields.dataCoding ?? 0)) return { status: 0x45 }
  const id = (0xa1000000 + world.next()).toString(16).toUpperCase()
  collect(pdu, id, { person, world })
  return { status: 0, id }
}

function collect(pdu: Pdu, id: string, { person, world }: { person: Person; world: World }): void {
  const { place } = carried(pdu)
  if (!place) return show([{ pdu, id }], { person, world })
  const sets = incomplete.get(world) ?? new Map<string, Map<number, Part>>()
  incomplete.set(world, sets)
  const key = [person.id, place.ref, place.total].join('|')
  const set = sets.get(key) ?? new Map<number, Part>()
  sets.set(key, set)
  set.set(place.number, { pdu, id })
  if (set.size < place.total) return
  sets.delete(key)
  const inOrder = [...set].sort(([a], [b]) => a - b).map(([, part]) => part)
  show(inOrder, { person, world })
}

function show(got: readonly Part[], { person, world }: { person: Person; world: World }): void {
  // Put together before they are read: a letter of two halves may be cut between two parts.
  const bytes = Buffer.concat(got.map(({ pdu }) => carried(pdu).bytes))
  const text = wordsIn(bytes, got[0]!.pdu.fields.dataCoding ?? 0, { alphabet: 'gsm' }) ?? '(data)'
  const at = world.now().getTime()
  const parts = [{ type: 'text' as const, text }]
  if (!person.blocked)
    world.show({ id: got[0]!.id, person: person.id, from: 'business', parts, at, ticks: 'sent', reactions: [] })
  // The telephone answers for each part, once it has all.
  for (const { pdu, id } of got)
    if (pdu.fields.registeredDelivery) setTimeout(() => tell(id, { person, world }), 50 / world.haste).unref()
}

/** A receipt as most centres write it: in words and in fields. A phone that is blocked cannot be reached. */
export function tell(id: string, { person, world }: { person: Pick<Person, 'phone' | 'blocked'>; world: World }): void {
  const stat = person.blocked ? 'UNDELIV' : 'DELIVRD'
  if (!person.blocked) world.change(id, { ticks: 'delivered' })
  const time = world.now().toISOString().replace(/\D/g, '').slice(2, 12)
  const reached = person.blocked ? '000' : '001'
  const words = `id:${id} sub:001 dlvrd:${reached} submit date:${time} done date:${time} stat:${stat} err:${person.blocked ? '027' : '000'} text:`
  const fields = { source: person.phone, sourceTon: 1, sourceNpi: 1, dest: '16400', destTon: 3, esmClass: 0x04 }
  const tlvs: [number, Uint8Array][] = [
    [tlv.receiptedMessageId, Buffer.from(`${id}\0`)],
    [tlv.messageState, Uint8Array.of(person.blocked ? 5 : 2)],
  ]
  const content = { fields: { ...fields, shortMessage: Buffer.from(words, 'latin1') }, tlvs }
  post({ what: `receipt ${stat}`, command: 'deliver_sm', content, attempt: 0 }, world)
}
