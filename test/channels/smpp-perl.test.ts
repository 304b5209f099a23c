import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { smpp } from '../../src/channels/smpp/index.ts'
import type { Settings } from '../../src/channels/smpp/settings.ts'
import { createIo } from './io.ts'
import { hasPerl } from './programs.ts'
import { anna, listenTo, to, wordsOf } from './smpp-stage.ts'

/** What the message centre of `smsc.pl` tells of a PDU. */
interface Told {
  cmd: string
  status: number
  words?: string
  bytes?: number
  segment?: number
  [field: string]: unknown
}

/** The message centre, which ends when its orders do. */
async function openCentre() {
  const child = spawn('perl', [path.join(import.meta.dirname, 'smsc.pl')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)
  const [first] = await once(lines, 'line')
  const told: Told[] = []
  let wake = () => {}
  child.on('exit', () => wake())
  lines.on('line', line => {
    told.push(JSON.parse(line))
    wake()
  })
  return {
    url: `smpp://127.0.0.1:${JSON.parse(first).listening}`,
    order: (order: object) => void child.stdin.write(`${JSON.stringify(order)}\n`),
    /** So many PDUs of a kind, once they have come; they are forgotten then. */
    async heard(cmd: string, count = 1): Promise<Told[]> {
      const found = () => told.filter(one => one.cmd === cmd)
      while (found().length < count) {
        if (child.exitCode !== null) throw new Error(`the centre ended before ${cmd}`)
        await new Promise<void>(done => (wake = done))
      }
      const taken = found()
      for (const one of taken) told.splice(told.indexOf(one), 1)
      return taken
    },
    async close() {
      child.stdin.end()
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

const texts: [string, string, number][] = [
  ['GSM words', 'Hei! {€5} @home à la carte', 0],
  ['UCS-2 words', 'Привет 👋', 8],
  ['a long GSM text', 'one two {three} €'.repeat(30), 0],
  ['a long UCS-2 text', 'жук 👋'.repeat(60), 8],
]
const forms = ['udh8', 'udh16', 'sar', 'payload'] as const

if (hasPerl('Net::SMPP', 'JSON::PP'))
  describe('smpp: Net::SMPP of Perl as the message centre', () => {
    let centre: Awaited<ReturnType<typeof openCentre>>
    let business: ReturnType<typeof listenTo>
    let io: ReturnType<typeof ioWith>
    const ioWith = (more: Partial<Settings> = {}) =>
      createIo(
        smpp.settings.parse({
          ...{ baseUrl: centre.url, systemId: 'shop', password: 'pass1234', sender: '16400' },
          ...more,
        }),
      )
    before(async () => {
      centre = await openCentre()
      io = ioWith()
      business = listenTo(io)
      await business.connected
    })
    after(async () => {
      await business.stop()
      await centre.close()
    })

    test('it reads our bind, and refuses a wrong password', async () => {
      const [bind] = await centre.heard('bind_transceiver')
      assert.deepEqual([bind!.system_id, bind!.password, bind!.interface_version], ['shop', 'pass1234', 0x34])
      const wrong = await smpp.setup!('', ioWith({ password: 'wrong' }))
      assert.deepEqual(wrong, { ok: false, why: 'auth', detail: 'The password is wrong: ESME_RINVPASWD (0x0000000e)' })
    })
    for (const longMessages of forms)
      for (const [what, text, coding] of texts)
        test(`it reads ${what} from us, in parts by ${longMessages}`, async () => {
          const writer = ioWith({ longMessages })
          const sent = await smpp.send({ type: 'text', text }, { ...to, key: `${what} ${longMessages}` }, writer)
          assert.ok(sent.ok)
          const parts = await centre.heard('submit_sm', 1 + (sent.more?.length ?? 0))
          assert.equal(parts.map(({ words }) => words).join(''), text)
          assert.ok(
            longMessages === 'payload'
              ? parts.length === 1
              : parts.every(({ bytes }) => bytes! <= (coding ? 140 : 160)),
          )
          if (longMessages === 'sar' && parts.length > 1)
            assert.deepEqual(
              parts.map(({ segment }) => segment),
              parts.map((_, i) => i + 1),
            )
          const [{ destination_addr, dest_addr_ton, source_addr, source_addr_ton, data_coding }] = parts as [Told]
          assert.deepEqual(
            { destination_addr, dest_addr_ton, source_addr, source_addr_ton, data_coding },
            {
              destination_addr: anna.phone,
              dest_addr_ton: 1,
              source_addr: '16400',
              source_addr_ton: 3,
              data_coding: coding,
            },
          )
          await writer.drop('session')
        })
    for (const how of forms)
      for (const [what, words, coding] of texts)
        test(`we read ${what} of a customer, in parts by ${how}, and acknowledge all of them`, async () => {
          const before = (await business.heard('message', 0)).length
          centre.order({ do: 'write', from: anna.phone, words, coding, how })
          const [wrote] = await centre.heard('wrote')
          const answers = await centre.heard('deliver_sm_resp', Number(wrote!.parts))
          assert.ok(answers.every(({ status }) => status === 0))
          const said = await business.heard('message', before + 1)
          assert.equal(said.length, before + 1)
          assert.equal(wordsOf(said.at(-1)!), words)
        })
    test('receipts are read from their fields and from their words', async () => {
      const say = async (text: string) => {
        const sent = await smpp.send({ type: 'text', text }, { ...to, key: text }, io)
        return sent.ok ? sent.id : assert.fail(sent.detail)
      }
      const [inFields, inWords, failed] = [await say('one'), await say('two'), await say('three')]
      const receipt = { do: 'receipt', from: anna.phone, err: '000', stat: 'DELIVRD' }
      centre.order({ ...receipt, id: inFields, state: 2 })
      centre.order({ ...receipt, id: inWords })
      centre.order({ ...receipt, id: failed, stat: 'UNDELIV', err: '027' })
      assert.equal((await business.receipt(inFields)).status, 'delivered')
      assert.equal((await business.receipt(inWords)).status, 'delivered')
      assert.match((await business.receipt(failed)).failure!.detail, /UNDELIV, error 027/)
      await centre.heard('submit_sm', 3)
    })
    test('throttling, a full queue, an unknown error and a generic_nack say what happens next', async () => {
      const why = async (next: number | string) => {
        centre.order({ do: 'status', next: [next] })
        const sent = await smpp.send({ type: 'text', text: 'x' }, { ...to, key: String(next) }, io)
        return sent.ok ? 'ok' : [sent.why, sent.retryAfterSeconds]
      }
      assert.deepEqual(await why(0x58), ['rate', 2])
      assert.deepEqual(await why(0x14), ['rate', 30])
      assert.deepEqual(await why(0x0b), ['invalid', undefined])
      assert.deepEqual(await why(0x400), ['unknown', undefined])
      assert.deepEqual(await why('nack'), ['invalid', undefined])
      assert.equal(await why(0), 'ok')
    })
    test('it asks whether we are there, and is told that we do not know its question', async () => {
      centre.order({ do: 'enquire' })
      await centre.heard('enquire_link_resp')
      centre.order({ do: 'query' })
      const [nack] = await centre.heard('generic_nack')
      assert.equal(nack!.status, 3)
    })
    test('it hears our enquire_link, and what it does not answer is unknown', async () => {
      const patient = ioWith({ enquireSeconds: 1, answerSeconds: 1 })
      centre.order({ do: 'status', next: ['silence'] })
      const sent = await smpp.send({ type: 'text', text: 'x' }, { ...to, key: 'silence' }, patient)
      assert.equal(sent.ok ? 'ok' : sent.why, 'unknown')
      await centre.heard('enquire_link')
      await patient.drop('session')
    })
    test('we unbind when we leave, and it may end the session itself', async () => {
      const other = listenTo(ioWith())
      await other.connected
      await other.stop()
      await centre.heard('unbind')
      await centre.heard('closed')
      centre.order({ do: 'unbind' })
      assert.match(await business.ended, /ended the session/)
      business = listenTo(ioWith())
      await business.connected
    })
  })
