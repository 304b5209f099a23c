// The wire of SMPP 3.4 (issue 1.2): chapter 3 for the layout, 4 for the commands, 5 for the parameters.

const words = 'words'
const byte = 'byte'
const counted = 'counted'
type Kind = typeof words | typeof byte | typeof counted

const bind = {
  systemId: words,
  password: words,
  systemType: words,
  interfaceVersion: byte,
  addrTon: byte,
  addrNpi: byte,
  addressRange: words,
} as const
const route = {
  serviceType: words,
  sourceTon: byte,
  sourceNpi: byte,
  source: words,
  destTon: byte,
  destNpi: byte,
  dest: words,
  esmClass: byte,
} as const
const message = {
  ...route,
  protocolId: byte,
  priority: byte,
  scheduleTime: words,
  validityPeriod: words,
  registeredDelivery: byte,
  replaceIfPresent: byte,
  dataCoding: byte,
  defaultMessage: byte,
  shortMessage: counted,
} as const
const data = { ...route, registeredDelivery: byte, dataCoding: byte } as const
const alert = { sourceTon: byte, sourceNpi: byte, source: words, destTon: byte, destNpi: byte, dest: words } as const
const bound = { systemId: words } as const
const taken = { messageId: words } as const

export const commands = {
  generic_nack: [0x80000000, {}],
  bind_receiver: [0x1, bind],
  bind_receiver_resp: [0x80000001, bound],
  bind_transmitter: [0x2, bind],
  bind_transmitter_resp: [0x80000002, bound],
  submit_sm: [0x4, message],
  submit_sm_resp: [0x80000004, taken],
  deliver_sm: [0x5, message],
  deliver_sm_resp: [0x80000005, taken],
  unbind: [0x6, {}],
  unbind_resp: [0x80000006, {}],
  bind_transceiver: [0x9, bind],
  bind_transceiver_resp: [0x80000009, bound],
  outbind: [0xb, { systemId: words, password: words }],
  enquire_link: [0x15, {}],
  enquire_link_resp: [0x80000015, {}],
  alert_notification: [0x102, alert],
  data_sm: [0x103, data],
  data_sm_resp: [0x80000103, taken],
} as const satisfies Record<string, readonly [number, Record<string, Kind>]>
export type Command = keyof typeof commands

type Layout = typeof bind & typeof message & typeof taken
type Value<K> = K extends typeof words ? string : K extends typeof byte ? number : Uint8Array
export type Fields = { -readonly [N in keyof Layout]?: Value<Layout[N]> }

export interface Pdu {
  /** Absent for a command that SMPP 3.4 does not have. */
  command?: Command
  id: number
  status: number
  sequence: number
  fields: Fields
  tlvs: Map<number, Uint8Array>
}

export const tlv = {
  networkErrorCode: 0x423,
  messagePayload: 0x424,
  messageState: 0x427,
  receiptedMessageId: 0x1e,
  sarRef: 0x20c,
  sarTotal: 0x20e,
  sarNumber: 0x20f,
} as const

const byId = new Map(Object.entries(commands).map(([name, [id, layout]]) => [id as number, { name, layout }]))
export const isResponse = ({ id }: Pdu): boolean => id >= 0x80000000
export const responseTo = (command: Command): Command => `${command}_resp` as Command

const header = 16
/** message_payload takes 64 kB; whoever announces much more has lost its place in the stream. */
const largest = 70_000

export interface Content {
  status?: number
  sequence: number
  fields?: Fields
  tlvs?: Iterable<readonly [number, Uint8Array]>
}

export function encode(command: Command, { status = 0, sequence, fields = {}, tlvs = [] }: Content): Buffer {
  const [id, layout] = commands[command]
  // The body of a refusal is left out, as 4.1.2 and 4.4.2 want it; deliver_sm_resp keeps its empty one.
  const bare = status > 0 && id >= 0x80000000 && command !== 'deliver_sm_resp'
  const body = bare ? [] : Object.entries(layout).map(([name, kind]) => field(name, kind, fields))
  const extra = [...tlvs].map(([tag, value]) => {
    const head = Buffer.alloc(4)
    head.writeUInt16BE(tag)
    head.writeUInt16BE(value.length, 2)
    return Buffer.concat([head, value])
  })
  const head = Buffer.alloc(header)
  const pdu = Buffer.concat([head, ...body, ...extra])
  for (const [at, word] of [pdu.length, id, status, sequence].entries()) pdu.writeUInt32BE(word, at * 4)
  return pdu
}

function field(name: string, kind: Kind, fields: Fields): Buffer {
  const value = fields[name as keyof Fields]
  if (kind === byte) return Buffer.from([typeof value === 'number' ? value : 0])
  if (kind === words) return Buffer.from(`${typeof value === 'string' ? value.replaceAll('\0', '') : ''}\0`, 'latin1')
  const bytes = value instanceof Uint8Array ? value : new Uint8Array()
  if (bytes.length > 254) throw new RangeError(`short_message takes 254 bytes, not ${bytes.length}`)
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

/** Reads one whole PDU. What it lacks at its end stays absent, as in the refusals and the short answers of many centres. */
export function decode(pdu: Buffer): Pdu {
  if (pdu.length < header || pdu.readUInt32BE(0) !== pdu.length) throw new TypeError('no whole PDU')
  const id = pdu.readUInt32BE(4)
  const known = byId.get(id)
  const { fields, end } = known ? body(pdu, known.layout) : { fields: {}, end: pdu.length }
  return {
    ...(known && { command: known.name as Command }),
    id,
    status: pdu.readUInt32BE(8),
    sequence: pdu.readUInt32BE(12),
    fields,
    tlvs: tlvsFrom(pdu, end),
  }
}

function body(pdu: Buffer, layout: Record<string, Kind>): { fields: Fields; end: number } {
  const found: Record<string, unknown> = {}
  let at = header
  for (const [name, kind] of Object.entries(layout)) {
    if (at >= pdu.length) break
    const [value, next] = read(pdu, at, kind)
    found[name] = value
    at = next
  }
  return { fields: found as Fields, end: at }
}

function read(pdu: Buffer, at: number, kind: Kind): [unknown, number] {
  if (kind === byte) return [pdu[at], at + 1]
  if (kind === counted) return [pdu.subarray(at + 1, at + 1 + pdu[at]!), at + 1 + pdu[at]!]
  const end = pdu.indexOf(0, at)
  const stop = end < 0 ? pdu.length : end
  return [pdu.toString('latin1', at, stop), stop + 1]
}

function tlvsFrom(pdu: Buffer, from: number): Map<number, Uint8Array> {
  const tlvs = new Map<number, Uint8Array>()
  for (let at = from; at + 4 <= pdu.length; ) {
    const end = at + 4 + pdu.readUInt16BE(at + 2)
    tlvs.set(pdu.readUInt16BE(at), pdu.subarray(at + 4, end))
    at = end
  }
  return tlvs
}

/** Cuts a stream into whole PDUs. Throws when what comes is no SMPP. */
export function createCutter(): (chunk: Buffer) => Buffer[] {
  let rest: Buffer = Buffer.alloc(0)
  return chunk => {
    rest = rest.length ? Buffer.concat([rest, chunk]) : chunk
    const whole: Buffer[] = []
    while (rest.length >= 4) {
      const length = rest.readUInt32BE(0)
      if (length < header || length > largest) throw new RangeError(`a PDU of ${length} bytes is none`)
      if (rest.length < length) break
      whole.push(rest.subarray(0, length))
      rest = rest.subarray(length)
    }
    return whole
  }
}

/** The words of a TLV that is a C-octet string. */
export const textOf = (value: Uint8Array | undefined): string | undefined =>
  value && Buffer.from(value).toString('latin1').replace(/\0.*$/s, '')
