import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { simpleParser } from 'mailparser'
import type { Outgoing, SendResult } from '../../src/channels/contract.ts'
import { email } from '../../src/channels/email/index.ts'
import { address } from '../../src/channels/kit.ts'
import { type Dovecot, hasDovecot, openDovecot } from './dovecot.ts'
import { readerOf } from './email-mailboxes.ts'
import { type Exim, hasExim, openExim } from './exim.ts'
import { createIo } from './io.ts'
import { seen } from './programs.ts'

const [shop, anna] = ['shop@rowan.example', 'anna@example.org']
const to = (person: string, more: Partial<Outgoing> = {}): Outgoing => ({
  address: address(person),
  key: '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162',
  ...more,
})
const text = { type: 'text', text: 'Two loaves are waiting for you.\n.\nПривет' } as const
const id = (sent: SendResult) => (sent.ok ? sent.id : assert.fail(sent.detail))

if (hasExim && hasDovecot)
  describe('email: a mail server of Exim and dovecot', () => {
    let dovecot: Dovecot
    let exim: Exim
    before(async () => {
      dovecot = await openDovecot()
      for (const one of [shop, anna]) dovecot.maildir(one)
      exim = await openExim(path.join(dovecot.home.folder, 'users'))
    })
    after(async () => {
      await exim?.close()
      await dovecot?.close()
    })
    // Each of the two made a certificate of its own.
    const settings = (own: string, more: object = {}) => ({
      ...{ address: own, baseUrl: dovecot.urlByName, smtpUrl: exim.urlByName, password: 'right' },
      ...{ ca: dovecot.ca + exim.ca, senderName: own === shop ? 'Rowan & Rye' : 'Anna Kuk', ...more },
    })
    const io = (more: object = {}) => createIo(email.settings.parse(settings(shop, more)))
    const inMaildir = (own: string) => {
      const folder = path.join(dovecot.home.folder, dovecot.maildir(own))
      return ['new', 'cur'].flatMap(part =>
        readdirSync(path.join(folder, part)).map(name => readFileSync(path.join(folder, part, name))),
      )
    }
    /** Anna's mail with this id, once Exim has delivered it. */
    const delivered = async (wanted: string) =>
      simpleParser(await seen(() => inMaildir(anna).find(raw => raw.includes(wanted)), `Anna has ${wanted}`))

    test('connecting signs in at both over encrypted connections', async () => {
      assert.deepEqual(await email.setup!('', io()), { ok: true, account: shop, detail: 'Mails in INBOX: 0' })
      const untrusting = await email.setup!('', io({ ca: dovecot.ca }))
      assert.match(untrusting.ok ? 'ok' : untrusting.detail, /^SMTP: self-signed certificate/)
    })
    test('a wrong password is refused in the server’s words', async () => {
      const refused = await email.send(text, to(anna), io({ password: 'wrong' }))
      assert.deepEqual(refused.ok ? 'ok' : [refused.why, refused.detail], [
        'auth',
        'Incorrect authentication data (535)',
      ])
    })
    test('a mail with a file lies in the customer’s mailbox as it was meant', async () => {
      const business = io()
      const bytesOf = async () => ({ bytes: new Uint8Array([1, 2, 3]), mime: 'application/pdf', name: 'Прайс.pdf' })
      const piece = { type: 'file', url: '/media/1', caption: text.text } as never
      const sent = id(await email.send(piece, to(anna), { ...business, bytesOf }))
      const mail = await delivered(sent)
      assert.equal(mail.messageId, `<${sent}>`)
      assert.equal(mail.text?.trim(), text.text)
      assert.deepEqual(mail.from?.value, [{ address: shop, name: 'Rowan & Rye' }])
      assert.deepEqual(
        mail.attachments.map(file => [file.filename, [...file.content]]),
        [['Прайс.pdf', [1, 2, 3]]],
      )
      await business.drop('smtp')
    })
    test('an answer finds its thread, and the answer to it too', async () => {
      const [business, customer] = [readerOf(settings(shop)), readerOf(settings(anna))]
      await Promise.all([business.listen(), customer.listen()])
      const first = id(await email.send(text, to(anna, { key: 'first' }), business.io))
      const last = async (reader: typeof customer, known: string) => {
        for (let count = 1; ; count++) {
          await reader.heard(count)
          const said = reader.said()[count - 1]!
          if (said.id === known || said.replyTo === known) return { id: said.id, at: said.at, kept: said.kept! }
        }
      }
      const asked = await last(customer, first)
      id(await email.send({ type: 'text', text: 'One is enough.' }, to(shop, { last: asked }), customer.io))
      const answered = await last(business, first)
      assert.equal(business.requests.at(-1)!.headers.person, anna)
      const second = id(await email.send(text, to(anna, { key: 'second', last: answered }), business.io))
      const mail = await delivered(second)
      assert.deepEqual([mail.inReplyTo, mail.subject], [`<${answered.id}>`, `Re: ${text.text.split('\n')[0]}`])
      await Promise.all([business.close(), customer.close()])
    })
    test('whom the server refuses, puts off, and what is too large is said at once', async () => {
      const business = io()
      const why = async (person: string, size = 1) => {
        const bytesOf = async () => ({ bytes: new Uint8Array(size), mime: 'application/pdf', name: 'a.pdf' })
        const piece = { type: 'file', url: '/media/1' } as never
        const sent = await email.send(piece, to(person), { ...business, bytesOf })
        return sent.ok ? 'ok' : [sent.why, sent.detail]
      }
      assert.deepEqual(await why('nobody@example.org'), ['invalid', '5.1.1 There is nobody of this name (550)'])
      assert.deepEqual(await why('later@example.org'), ['rate', '4.7.1 Greylisted, try again later (451)'])
      assert.deepEqual((await why(anna, 2_500_000))[0], 'invalid')
      assert.equal(await why(anna), 'ok')
      await business.drop('smtp')
    })
    test('a server that takes a few mails over one connection gets the others by the next', async () => {
      const business = io()
      const keys = Array.from({ length: 12 }, (_, i) => `row-${i}`)
      const sent = await Promise.all(keys.map(key => email.send(text, to(anna, { key }), business)))
      for (const one of sent) await delivered(id(one))
      await business.drop('smtp')
    })
    test('a server that was started anew meanwhile gets the next mail', async () => {
      const business = io()
      id(await email.send(text, to(anna, { key: 'before' }), business))
      await exim.restart()
      await delivered(id(await email.send(text, to(anna, { key: 'after' }), business)))
      await business.drop('smtp')
    })
    test('a mail that comes back is a failed receipt with the reason, one that is late is said to be', async () => {
      const business = readerOf(settings(shop))
      const gone = id(await email.send(text, to('gone@example.org', { key: 'gone' }), business.io))
      id(await email.send(text, to('slow@example.org', { key: 'slow' }), business.io))
      await business.listen()
      const receipt = await business.of('receipt')
      assert.deepEqual([receipt.key, receipt.of, receipt.status], ['gone', gone, 'failed'])
      assert.deepEqual(receipt.failure, { why: 'blocked', detail: '5.2.1 The mailbox is disabled' })
      const late = await business.of('happened')
      assert.deepEqual([late.what, late.from], ['delivery-delayed', 'slow@example.org'])
      await business.close()
    })
  })
