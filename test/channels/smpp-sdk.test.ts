import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { AddressInfo, Server } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { passwordOf, systemIdOf } from '../../sandbox/smpp/account.ts'
import { wordsIn } from '../../src/channels/smpp/alphabet.ts'
import { smpp } from '../../src/channels/smpp/index.ts'
import { encode, tlv } from '../../src/channels/smpp/pdu.ts'
import { createIo } from './io.ts'
import { anna, listenTo, openStage, type Stage, to, wordsOf } from './smpp-stage.ts'

/** The parts of npm smpp 0.5.1 that judge us. The package has no types. */
interface JudgePdu extends Record<string, unknown> {
  command: string
  command_status: number
  sequence_number: number
  short_message: { message: string | Buffer; udh?: Buffer[] }
  message_payload?: { message: string }
  response(fields?: object): JudgePdu
}
interface JudgeSession {
  on(event: string, heard: (pdu: JudgePdu) => void): void
  send(pdu: JudgePdu): void
  close(): void
  bind_transceiver(fields: object, answered: (pdu: JudgePdu) => void): void
  submit_sm(fields: object, answered: (pdu: JudgePdu) => void): void
  deliver_sm(fields: object, answered: (pdu: JudgePdu) => void): void
  enquire_link(answered: (pdu: JudgePdu) => void): void
}
interface Judge {
  createServer(heard: (session: JudgeSession) => void): Server
  connect(url: string): JudgeSession
  PDU: { new (command: string, fields: object): { toBuffer(): Buffer }; fromBuffer(pdu: Buffer): JudgePdu }
  gsmCoder: { encode(text: string, language: number): Buffer; decode(bytes: Buffer, language: number): string }
}
const judge = createRequire(import.meta.url)('smpp') as Judge

const texts: [string, string][] = [
  ['GSM words', 'Hei! {€5} @home à la carte'],
  ['UCS-2 words', 'Привет 👋'],
  ['a long GSM text', 'one two {three} '.repeat(30)],
  ['a long UCS-2 text', 'жук '.repeat(60)],
]

describe('smpp: npm smpp as the message centre', () => {
  let server: Server
  let session: Promise<JudgeSession>
  const submitted: JudgePdu[] = []
  const bound: JudgePdu[] = []
  let business: ReturnType<typeof listenTo>
  let io: ReturnType<typeof createIo<typeof settings>>
  const settings = smpp.settings.parse({ baseUrl: 'smpp://127.0.0.1:1', systemId: 'shop', password: 'pass1234' })

  before(async () => {
    let came: (session: JudgeSession) => void
    session = new Promise(done => {
      came = done
    })
    server = judge.createServer(one => {
      came(one)
      one.on('bind_transceiver', pdu => {
        bound.push(pdu)
        one.send(pdu.response({ system_id: 'judge' }))
      })
      one.on('submit_sm', pdu => {
        submitted.push(pdu)
        one.send(pdu.response({ message_id: `id${submitted.length}` }))
      })
      one.on('unbind', pdu => one.send(pdu.response()))
      one.on('error', () => {})
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const baseUrl = `smpp://127.0.0.1:${(server.address() as AddressInfo).port}`
    io = createIo({ ...settings, baseUrl })
    business = listenTo(io)
    await business.connected
  })
  after(async () => {
    await business.stop()
    server.close()
  })

  test('it reads our bind', () => {
    const [{ system_id, password, interface_version }] = bound as [JudgePdu]
    assert.deepEqual(
      { system_id, password, interface_version },
      { system_id: 'shop', password: 'pass1234', interface_version: 0x34 },
    )
  })
  for (const [what, text] of texts)
    test(`it reads ${what} from us`, async () => {
      submitted.length = 0
      const sent = await smpp.send({ type: 'text', text }, { ...to, key: what }, io)
      assert.ok(sent.ok)
      const parts = submitted.map(({ short_message: { message }, data_coding }) =>
        // Its own reading of data_coding 0 with a header is as bytes.
        typeof message === 'string'
          ? message
          : data_coding === 8
            ? Buffer.from(message).swap16().toString('utf16le')
            : judge.gsmCoder.decode(message, 0),
      )
      assert.equal(parts.join(''), text)
      assert.equal((sent.more?.length ?? 0) + 1, submitted.length)
      const [{ destination_addr, dest_addr_ton, registered_delivery }] = submitted as [JudgePdu]
      assert.deepEqual(
        { destination_addr, dest_addr_ton, registered_delivery },
        { destination_addr: anna.phone, dest_addr_ton: 1, registered_delivery: 1 },
      )
    })
  const delivered = async (fields: object): Promise<JudgePdu> => {
    const one = await session
    return new Promise(done =>
      one.deliver_sm({ source_addr: anna.phone, source_addr_ton: 1, destination_addr: '16400', ...fields }, done),
    )
  }
  for (const [what, fields, words] of [
    ['words in its default alphabet', { short_message: 'Moi {€} @', data_coding: 0 }, 'Moi {€} @'],
    ['words in UCS-2', { short_message: 'Привет 👋', data_coding: 8 }, 'Привет 👋'],
    ['words in Latin-1', { short_message: 'Hän söi ç', data_coding: 3 }, 'Hän söi ç'],
    ['a payload', { message_payload: 'x'.repeat(500), short_message: '', data_coding: 0 }, 'x'.repeat(500)],
    [
      'words with a header',
      { short_message: { udh: Buffer.from([5, 0, 3, 1, 1, 1]), message: 'alone' }, data_coding: 0 },
      'alone',
    ],
  ] as const)
    test(`we read ${what} and acknowledge it`, async () => {
      const before = (await business.heard('message', 0)).length
      assert.equal((await delivered(fields)).command_status, 0)
      const said = await business.heard('message', before + 1)
      assert.equal(wordsOf(said.at(-1)!), words)
    })
  test('we join its parts, which come in another order', async () => {
    const before = (await business.heard('message', 0)).length
    for (const [seq, message] of [
      [2, 'two'],
      [1, 'one '],
    ] as const) {
      const answer = await delivered({
        data_coding: 0,
        sar_msg_ref_num: 700,
        sar_total_segments: 2,
        sar_segment_seqnum: seq,
        short_message: message,
      })
      assert.equal(answer.command_status, 0)
    }
    assert.equal(wordsOf((await business.heard('message', before + 1)).at(-1)!), 'one two')
  })
  test('we read its receipts', async () => {
    const text = 'id:id1 sub:001 dlvrd:001 submit date:2611211200 done date:2611211201 stat:DELIVRD err:000 text:Hei'
    await delivered({ esm_class: 4, short_message: text, receipted_message_id: 'id1', message_state: 2 })
    assert.equal((await business.receipt('id1')).status, 'delivered')
  })
  test('we answer its enquire_link, and what we do not know with generic_nack', async () => {
    const one = await session
    const answer = await new Promise<JudgePdu>(done => one.enquire_link(done))
    assert.equal(answer.command, 'enquire_link_resp')
    const nack = new Promise<JudgePdu>(done => one.on('generic_nack', done))
    one.send(new judge.PDU('query_sm', { message_id: '1', sequence_number: 77 }) as unknown as JudgePdu)
    assert.equal((await nack).command_status, 3)
  })
})

describe('smpp: npm smpp as the client of our simulator', () => {
  let stage: Stage
  let client: JudgeSession
  const heard: JudgePdu[] = []
  let more: () => void = () => {}
  const deliveries = async (count: number) => {
    while (heard.length < count)
      await new Promise<void>(go => {
        more = go
      })
    return heard.splice(0)
  }
  before(async () => {
    stage = await openStage()
    client = judge.connect(stage.io.settings.baseUrl)
    client.on('error', () => {})
    client.on('deliver_sm', pdu => {
      client.send(pdu.response())
      heard.push(pdu)
      more()
    })
  })
  after(async () => {
    client.close()
    await stage.close()
  })
  const ask = (send: (answered: (pdu: JudgePdu) => void) => void) => new Promise<JudgePdu>(send)

  test('it is refused with a wrong password and bound with the right one', async () => {
    const system_id = systemIdOf(stage.world)
    const wrong = await ask(done => client.bind_transceiver({ system_id, password: 'x' }, done))
    assert.equal(wrong.command_status, 0x0e)
    const right = await ask(done => client.bind_transceiver({ system_id, password: passwordOf(stage.world) }, done))
    assert.deepEqual([right.command_status, right.system_id], [0, 'parley-smsc'])
  })
  test('its message reaches the phone, and it reads the receipt', async () => {
    const fields = {
      destination_addr: anna.phone,
      source_addr: '16400',
      registered_delivery: 1,
      data_coding: 8,
      short_message: 'Привет',
    }
    const taken = await ask(done => client.submit_sm(fields, done))
    assert.equal(taken.command_status, 0)
    assert.deepEqual(stage.world.bubble(String(taken.message_id))?.parts, [{ type: 'text', text: 'Привет' }])
    const [receipt] = await deliveries(1)
    assert.deepEqual([receipt!.receipted_message_id, receipt!.message_state], [taken.message_id, 2])
  })
  test('its parts are put together before they are read, for it cuts letters of two halves', async () => {
    const emoji = Buffer.from('👋', 'utf16le').swap16()
    const part = (number: number, message: Buffer) => {
      const short_message = { udh: Buffer.from([5, 0, 3, 9, 2, number]), message }
      const fields = { destination_addr: anna.phone, data_coding: 8, esm_class: 0x40, short_message }
      return ask(done => client.submit_sm(fields, done))
    }
    const first = await part(1, emoji.subarray(0, 2))
    await part(2, emoji.subarray(2))
    assert.deepEqual(stage.world.bubble(String(first.message_id))?.parts, [{ type: 'text', text: '👋' }])
  })
  test('it reads what a customer writes', async () => {
    stage.world.act(anna.id, { do: 'text', text: 'Moi {€}' })
    const [said] = await deliveries(1)
    assert.deepEqual([said!.source_addr, said!.short_message.message], [anna.phone, 'Moi {€}'])
  })
})

test('smpp: npm smpp reads every PDU that we write as we meant it', () => {
  const fields = {
    source: '16400',
    sourceTon: 3,
    dest: anna.phone,
    destTon: 1,
    destNpi: 1,
    dataCoding: 8,
    validityPeriod: '000001000000000R',
  }
  const sar: [number, Uint8Array][] = [
    [tlv.sarRef, Uint8Array.of(1, 2)],
    [tlv.sarTotal, Uint8Array.of(2)],
    [tlv.sarNumber, Uint8Array.of(1)],
  ]
  const shortMessage = Buffer.from('ж', 'utf16le').swap16()
  const read = judge.PDU.fromBuffer(
    encode('submit_sm', { sequence: 5, fields: { ...fields, shortMessage }, tlvs: sar }),
  )
  assert.equal(read.short_message.message, 'ж')
  assert.deepEqual([read.sar_msg_ref_num, read.sar_total_segments, read.sar_segment_seqnum], [258, 2, 1])
  assert.deepEqual(
    [read.source_addr, read.dest_addr_ton, read.destination_addr, read.validity_period && 1],
    ['16400', 1, anna.phone, 1],
  )
})

test('smpp: the national tables are those of npm smpp', () => {
  for (const language of [1, 2, 3]) {
    const locking = language === 2 ? 0 : language
    for (let code = 0; code < 128; code++) {
      if (code === 0x1b) continue
      const ours = wordsIn(Uint8Array.of(code), 0, { alphabet: 'gsm', shift: { locking, single: language } })
      assert.equal(
        ours,
        judge.gsmCoder.decode(Buffer.of(code), locking),
        `language ${language}, locking, 0x${code.toString(16)}`,
      )
    }
  }
})
