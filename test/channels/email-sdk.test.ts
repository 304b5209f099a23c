import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import type { Outgoing } from '../../src/channels/contract.ts'
import { email } from '../../src/channels/email/index.ts'
import { bytesOf, dispositionOf, header, leavesOf, readMail, textOf } from '../../src/channels/email/mime.ts'
import { address, externalId } from '../../src/channels/kit.ts'
import { createIo } from './io.ts'

const fixtures = path.resolve(import.meta.dirname, '../../src/channels/email/fixtures')
const corpus = path.resolve(import.meta.dirname, '../../../shared/data/payloads/email/cpython')

function mails(): [string, Buffer][] {
  const own = readdirSync(fixtures).map((name): [string, Buffer] => {
    const { request } = JSON.parse(readFileSync(path.join(fixtures, name), 'utf8'))
    return [name, Buffer.from(request.body)]
  })
  if (!existsSync(corpus)) return own
  const found = readdirSync(corpus).filter(name => name.startsWith('msg_'))
  return [...own, ...found.map((name): [string, Buffer] => [name, readFileSync(path.join(corpus, name))])]
}

/** Mails on which the two differ for a reason. */
const differs: Record<string, string> = {
  'msg_19.txt': 'has no headers: mailparser takes the first two lines of the words for some, we keep them as words',
  'msg_38.txt':
    'has boundaries that begin like one another and lines that look like them: we leave such a mail undivided',
}

describe('email: mailparser reads the same', () => {
  for (const [name, raw] of mails())
    test(name, async t => {
      if (differs[name]) return t.diagnostic(differs[name])
      const theirs = await simpleParser(raw, { skipTextToHtml: true, skipHtmlToText: true, skipTextLinks: true })
      const ours = readMail(raw)
      assert.equal(header(ours, 'subject'), (theirs.subject ?? '').trim())
      const files = leavesOf(ours).filter(leaf => dispositionOf(leaf).name)
      for (const file of theirs.attachments.filter(one => one.filename)) {
        const same = files.find(leaf => dispositionOf(leaf).name === file.filename)
        assert.ok(same, `${file.filename} is missing`)
        assert.equal(bytesOf(same).toString('latin1').trim(), file.content.toString('latin1').trim())
      }
      const bare = (text: string) => text.replace(/\s+/g, '')
      const words = leavesOf(ours).filter(leaf => leaf.type === 'text/plain' && !dispositionOf(leaf).disposition)
      for (const leaf of words) if (theirs.text) assert.ok(bare(theirs.text).includes(bare(textOf(leaf))), textOf(leaf))
    })
})

interface Taken {
  from: string
  to: string[]
  user: string
  raw: Buffer
}

interface Refusing {
  code: number
  text: string
  /** So many mails over each connection are taken before. */
  after?: number
}

/** The smtp-server of nodemailer's author, as strict as real ones. */
async function smtpServer(refuse?: Refusing, disabledCommands = ['STARTTLS']) {
  const taken: Taken[] = []
  const mailsOf = new Map<string, number>()
  const server = new SMTPServer({
    authMethods: ['PLAIN', 'LOGIN', 'XOAUTH2'],
    allowInsecureAuth: true,
    disabledCommands,
    onAuth({ username, password, accessToken }, _session, done) {
      if (password === 'right' || accessToken === 'token') return done(null, { user: username ?? '' })
      done(Object.assign(new Error('5.7.8 Invalid credentials'), { responseCode: 535 }))
    },
    onRcptTo(_address, { id }, done) {
      const count = (mailsOf.get(id) ?? 0) + 1
      mailsOf.set(id, count)
      if (!refuse || count <= (refuse.after ?? 0)) return done()
      done(Object.assign(new Error(refuse.text), { responseCode: refuse.code }))
    },
    onData(stream, { envelope, user }, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : ''
        const to = envelope.rcptTo.map(one => one.address)
        taken.push({ from, to, user: String(user), raw: Buffer.concat(chunks) })
        done(null, 'queued')
      })
    },
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', () => done()))
  const { port } = server.server.address() as { port: number }
  return { taken, url: `smtp://127.0.0.1:${port}`, close: () => new Promise<void>(done => server.close(() => done())) }
}

const settingsFor = (smtpUrl: string, more: object = {}) =>
  email.settings.parse({
    address: 'shop@rowan.example',
    baseUrl: 'imaps://imap.rowan.example',
    smtpUrl,
    password: 'right',
    senderName: 'Rowan & Rye, bakers',
    ...more,
  })
const kept = {
  messageId: '1@example.org',
  references: '0@example.org 1@example.org',
  subject: 'Ржаной хлеб?',
  to: 'shop@rowan.example',
}
const to: Outgoing = {
  address: address('anna@example.org'),
  key: '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162',
  last: { id: externalId('1@example.org'), at: new Date(0), kept },
}

describe('email: smtp-server takes what we send', () => {
  test('an answer with a file arrives as it was meant, and mailparser reads it', async () => {
    const server = await smtpServer()
    const file = { bytes: new Uint8Array([1, 2, 3]), mime: 'application/pdf', name: 'Прайс.pdf' }
    const io = createIo(settingsFor(server.url), { files: new Map([['/media/1', file]]) })
    const result = await email.send(
      { type: 'file', url: '/media/1', caption: 'Да!\n\n.\nhttps://rowan.example' },
      to,
      io,
    )
    assert.ok(result.ok)
    const [{ from, to: people, raw }] = server.taken as [Taken]
    assert.deepEqual([from, people], ['shop@rowan.example', ['anna@example.org']])
    const mail = await simpleParser(raw)
    assert.deepEqual([mail.messageId, mail.inReplyTo], [`<${result.id}>`, '<1@example.org>'])
    assert.deepEqual(mail.references, ['<0@example.org>', '<1@example.org>'])
    assert.deepEqual(mail.from?.value, [{ address: 'shop@rowan.example', name: 'Rowan & Rye, bakers' }])
    assert.deepEqual([mail.subject, mail.text?.trim()], ['Re: Ржаной хлеб?', 'Да!\n\n.\nhttps://rowan.example'])
    assert.match(String(mail.html), /<a href="https:\/\/rowan\.example">/)
    const [attached] = mail.attachments
    assert.deepEqual([attached?.filename, [...(attached?.content ?? [])]], ['Прайс.pdf', [1, 2, 3]])
    assert.equal(mail.headers.get('auto-submitted'), undefined)
    await io.drop('smtp')
    await server.close()
  })
  test('on the own machine it may offer encryption with a certificate that nobody signed', async t => {
    const server = await smtpServer(undefined, [])
    t.after(server.close)
    const io = createIo(settingsFor(server.url))
    assert.ok((await email.send({ type: 'text', text: 'x' }, to, io)).ok)
    await io.drop('smtp')
    const other = createIo(settingsFor(server.url.replace('127.0.0.1', '0.0.0.0')))
    const refused = await email.send({ type: 'text', text: 'x' }, to, other)
    assert.match(refused.ok ? 'ok' : refused.detail, /certificate/)
  })
  test('what it no longer takes over one connection it gets over the next', async t => {
    const server = await smtpServer({ code: 421, text: '4.7.0 Too many mails in this connection', after: 2 })
    t.after(server.close)
    const io = createIo(settingsFor(server.url))
    const sent = ['a', 'b', 'c', 'd', 'e'].map(key => email.send({ type: 'text', text: 'x' }, { ...to, key }, io))
    for (const one of await Promise.all(sent)) assert.ok(one.ok)
    assert.equal(server.taken.length, 5)
    await io.drop('smtp')
  })
  test('OAuth2 signs in, a wrong password does not, and refusals are understood', async () => {
    const open = await smtpServer()
    const closed = await smtpServer({ code: 550, text: '5.1.1 No such user' })
    const text = { type: 'text', text: 'x' } as const
    const io = createIo(
      settingsFor(open.url, { password: undefined, clientId: 'c', refreshToken: 'r', tokenUrl: 'https://id.example' }),
    )
    const http: typeof io.http = async () => ({
      status: 200,
      headers: {},
      json: { access_token: 'token' },
      bytes: new Uint8Array(),
    })
    assert.ok((await email.send(text, { ...to, automatic: true }, { ...io, http })).ok)
    assert.equal(header(readMail(open.taken[0]!.raw), 'auto-submitted'), 'auto-replied')
    const wrong = createIo(settingsFor(open.url, { password: 'wrong' }))
    const refused = await email.send(text, to, wrong)
    assert.equal(refused.ok ? 'ok' : refused.why, 'auth')
    const unknown = createIo(settingsFor(closed.url))
    const nobody = await email.send(text, to, unknown)
    assert.equal(nobody.ok ? 'ok' : nobody.why, 'invalid')
    await Promise.all([io.drop('smtp'), wrong.drop('smtp'), unknown.drop('smtp')])
    await Promise.all([open.close(), closed.close()])
  })
})
