import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { email } from '../../src/channels/email/index.ts'
import { type Dovecot, hasDovecot, openDovecot } from './dovecot.ts'
import { type Host, hosts, type Mailbox, mail, mailWithFile, readerOf } from './email-mailboxes.ts'
import { createIo } from './io.ts'
import { seen } from './programs.ts'

for (const { name, open } of hosts)
  describe(`email: reading from ${name}`, () => {
    let host: Host
    before(async () => {
      host = await open()
    })
    after(() => host?.close())

    /** With a mailbox of its own, a business that reads it, and an end for both. */
    const check = (what: string, more: object, run: (box: Mailbox, reader: Reader) => Promise<void>) =>
      test(what, async () => {
        const box = await host.mailbox()
        const reader = readerOf({ ...box.settings, ...more })
        try {
          await run(box, reader)
        } finally {
          await reader.close()
          await box.close()
        }
      })

    test('connecting looks for the folders, and tells a wrong password from a missing folder', async () => {
      const box = await host.mailbox()
      box.put(mail('one', 'hello'))
      const reading = (more: object) => createIo(email.settings.parse({ ...box.settings, ...more }))
      const why = async (more: object) => {
        const said = await email.setup!('', reading(more))
        return said.ok ? 'ok' : [said.why, said.detail]
      }
      const [missing, wrong] = [await why({ sentFolder: 'Gesendet' }), await why({ password: 'wrong' })]
      assert.equal(missing[0], 'invalid')
      assert.match(missing[1]!, /^There is no folder "Gesendet"\. There are: (INBOX, Sent|Sent, INBOX)$/)
      assert.equal(wrong[0], 'auth')
      await box.close()
    })
    check('what is there and what comes while we wait is read, in its order', {}, async (box, reader) => {
      box.put(mail('d1', 'at first'))
      box.put(mail('d2', 'then'))
      await reader.listen()
      await reader.heard(2)
      box.put(mail('d3', 'while we wait'))
      await reader.heard(3)
      box.put(mail('d4', 'and again'))
      await reader.heard(4)
      assert.deepEqual(reader.texts(), ['at first', 'then', 'while we wait', 'and again'])
    })
    check('a connection that the server ends while we wait loses nothing', {}, async (box, reader) => {
      box.put(mail('k1', 'one'))
      const { ended } = await reader.listen()
      await reader.reached('INBOX', 1)
      box.cut()
      assert.match(String(await ended), /clos|disconnect|kick|shut/i)
      for (const text of ['Monday', 'Tuesday']) box.put(mail(text, text))
      await reader.listen()
      await reader.heard(3)
      assert.deepEqual(reader.texts(), ['one', 'Monday', 'Tuesday'])
    })
    check('2,000 mails of days away are all read, once and in their order', {}, async (box, reader) => {
      box.put(mail('w0', '0'))
      const { stop } = await reader.listen()
      await reader.reached('INBOX', 1)
      await stop()
      for (let i = 1; i <= 2000; i++) box.put(mail(`w${i}`, String(i)))
      await reader.listen()
      await reader.reached('INBOX', 2001)
      assert.deepEqual(
        reader.texts(),
        Array.from({ length: 2001 }, (_, i) => String(i)),
      )
    })
    check('catching up goes on after a connection that was lost on the way', {}, async (box, reader) => {
      for (let i = 0; i < 400; i++) box.put(mail(`c${i}`, String(i)))
      const first = await reader.listen()
      await reader.heard(100)
      box.cut()
      assert.ok((await first.ended) instanceof Error)
      const before = reader.said().length
      assert.ok(before < 400)
      await reader.listen()
      await reader.reached('INBOX', 400)
      assert.equal(new Set(reader.said().map(({ id }) => id)).size, 400)
      // Of the last batch, whose place was not written down yet, some may come twice.
      assert.ok(reader.said().length <= 425, String(reader.said().length))
    })
    check(
      'what is stored is moved to the folder of handled mail, and its files are found there',
      { handledFolder: 'Parley' },
      async (box, reader) => {
        box.put(mailWithFile('h1', 'words', { name: 'a.pdf', mime: 'application/pdf', base64: 'AQID' }))
        box.put(mail('h2', 'more'))
        await reader.listen()
        await reader.heard(2)
        await seen(() => box.count('INBOX') === 0 && box.count('Parley') === 2, 'both are put away')
        box.put(mail('h3', 'later'))
        await reader.heard(3)
        await seen(() => box.count('INBOX') === 0, 'the third is put away')
        const found = reader.said()[0]!.parts[1]
        assert.ok(found?.type === 'file' && found.name === 'a.pdf')
        assert.deepEqual([...(await email.media!(found.ref!, reader.io)).bytes], [1, 2, 3])
        assert.equal(box.count('Parley'), 3)
      },
    )
    check('of a large mail the words are read, and its file is fetched alone', {}, async (box, reader) => {
      const base64 = Buffer.alloc(4_000_000, 5).toString('base64').replace(/.{76}/g, '$&\r\n')
      box.put(mailWithFile('l1', 'words', { name: 'all.zip', mime: 'application/zip', base64 }))
      await reader.listen()
      await reader.heard(1)
      assert.ok(reader.requests[0]!.body.length < 5000)
      const [words, file] = reader.said()[0]!.parts
      assert.ok(words?.type === 'mail' && words.text === 'words')
      assert.ok(file?.type === 'file' && file.name === 'all.zip')
      assert.deepEqual((await email.media!(file.ref!, reader.io)).bytes.length, 4_000_000)
    })
    check('a folder that was made anew is read again with the same ids', { mailbox: 'Shop' }, async (box, reader) => {
      for (const text of ['one', 'two']) box.put(mail(text, text), 'Shop')
      const { stop } = await reader.listen()
      await reader.reached('Shop', 2)
      await stop()
      box.recreate('Shop')
      box.put(mail('three', 'three'), 'Shop')
      await reader.listen()
      await reader.heard(5)
      assert.deepEqual(reader.texts(), ['one', 'two', 'one', 'two', 'three'])
      assert.equal(new Set(reader.said().map(({ id }) => id)).size, 3)
    })
    check('answers given in another mail program are seen', { sentFolder: 'Sent' }, async (box, reader) => {
      const own = [`From: <${box.settings.address}>`, 'To: Anna <anna@example.org>', 'Message-ID: <tb@shop>']
      box.put([...own, '', 'By hand'], 'Sent')
      box.put(mail('s1', 'thank you'))
      await reader.listen()
      await reader.heard(1)
      assert.deepEqual(
        reader.events.map(event => [event.type, 'from' in event && event.from]),
        [
          ['echo', 'anna@example.org'],
          ['message', 'anna@example.org'],
        ],
      )
    })
    check(
      'the address that was written to is the one that answers',
      { addresses: 'sales@rowan.example' },
      async (box, reader) => {
        box.put(mail('a1', 'prices?', ['To: Sales <Sales@rowan.example>']))
        box.put(mail('a2', 'hello', [`To: ${box.settings.address}`]))
        await reader.listen()
        await reader.heard(2)
        assert.deepEqual(
          reader.said().map(({ kept }) => kept?.to),
          ['sales@rowan.example', box.settings.address],
        )
      },
    )
  })

type Reader = ReturnType<typeof readerOf>

if (hasDovecot)
  describe('email: what only dovecot can try', () => {
    let dovecot: Dovecot
    before(async () => {
      dovecot = await openDovecot()
    })
    after(() => dovecot?.close())
    const at = (address: string, more: object = {}) => ({
      ...{ address, baseUrl: dovecot.url, smtpUrl: 'smtp://127.0.0.1:1', password: 'right' },
      ...more,
    })

    test('elsewhere the connection is encrypted, with a certificate of an authority that is trusted', async () => {
      const far = readerOf(at('far@rowan.example', { baseUrl: dovecot.urlByName }))
      await assert.rejects(far.listen(), /self-signed certificate/)
      const trusting = readerOf(at('far@rowan.example', { baseUrl: dovecot.urlByName, ca: dovecot.ca }))
      await trusting.listen()
      await trusting.close()
    })
    test('folders are called as people call them', async () => {
      const address = 'names@rowan.example'
      const [sentFolder, handledFolder] = ['Отправленные', 'Tehty/Lähetetyt & muut']
      dovecot.create(address, sentFolder)
      const own = [`From: <${address}>`, 'To: Anna <anna@example.org>', 'Message-ID: <tb@shop>']
      dovecot.deliver(address, [...own, '', 'By hand'], sentFolder)
      dovecot.put(address, mail('f1', 'hello'))
      const reader = readerOf(at(address, { sentFolder, handledFolder }))
      const connected = await email.setup!('', reader.io)
      assert.match(connected.ok ? 'ok' : connected.detail, /^SMTP: /, 'the folders were found')
      await reader.listen()
      await reader.heard(1)
      assert.deepEqual(
        reader.events.map(({ type }) => type),
        ['echo', 'message'],
      )
      await seen(() => dovecot.count(address) === 0, 'it is put away')
      assert.equal(dovecot.inFolder(address, handledFolder), 1)
      await reader.close()
    })
    test('mail that another program deletes while we wait does not hold up what comes next', async () => {
      const address = 'deleted@rowan.example'
      const reader = readerOf(at(address))
      for (const id of ['x1', 'x2', 'x3']) dovecot.put(address, mail(id, id))
      await reader.listen()
      await reader.heard(3)
      dovecot.expunge(address, 'INBOX')
      dovecot.put(address, mail('x4', 'x4'))
      await reader.heard(4)
      assert.deepEqual(reader.texts(), ['x1', 'x2', 'x3', 'x4'])
      await reader.close()
    })
    test('a server that is started anew is asked again, and goes on where we were', async () => {
      const address = 'anew@rowan.example'
      const reader = readerOf(at(address))
      dovecot.put(address, mail('r1', 'before'))
      const { ended } = await reader.listen()
      await reader.heard(1)
      await dovecot.restart(address)
      assert.ok((await ended) instanceof Error)
      dovecot.put(address, mail('r2', 'after'))
      await reader.listen()
      await reader.heard(2)
      assert.deepEqual(reader.texts(), ['before', 'after'])
      await reader.close()
    })
  })
