import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { eventSchema } from '../../../test/channels/event-schema.ts'
import type { InboundEvent, Outgoing } from '../contract.ts'
import { address, externalId } from '../kit.ts'
import { fold } from './fold.ts'
import { readHtml } from './html.ts'
import { leavesOf, readMail, textOf } from './mime.ts'
import { page } from './page.ts'
import { parse } from './parse.ts'
import { provenPerson } from './proven.ts'
import { outcome, render } from './send.ts'
import { type Settings, settings as schema, signingKey } from './settings.ts'
import { messageIdOf, ownId, personIn, replyAddressOf } from './thread.ts'
import { verify } from './verify.ts'

const settings: Settings = schema.parse({
  address: 'shop@rowan.example',
  addresses: 'Orders@rowan.example, bread@rowan.example',
  baseUrl: 'imaps://imap.rowan.example',
  smtpUrl: 'smtps://smtp.rowan.example',
  password: 'mailbox-password',
  senderName: 'Rowan & Rye',
})
const anna = address('anna@example.org')
const to: Outgoing = { address: anna, key: '0192f0c1-2b7e-7a55-8b0c-1d2e3f405162' }
const mail = (lines: string[], headers: Record<string, string> = {}): InboundEvent[] =>
  parse({ method: 'IMAP', query: {}, headers, body: new TextEncoder().encode(lines.join('\r\n')) })
const letter = (...more: string[]) => ['From: Anna <anna@example.org>', 'Message-ID: <1@example.org>', ...more]
const words = (events: InboundEvent[]) => {
  const [event] = events
  const part = event?.type === 'message' ? event.parts[0] : undefined
  return part?.type === 'mail' ? part : assert.fail(`no mail: ${JSON.stringify(events)}`)
}

describe('email: reading', () => {
  const corpus = path.resolve(import.meta.dirname, '../../../../shared/data/payloads/email/cpython')
  test('real and broken mails of a large collection are all read, with every file and word in them', t => {
    if (!existsSync(corpus)) return t.diagnostic('the collection is not here')
    for (const name of readdirSync(corpus).filter(file => file.startsWith('msg_'))) {
      const body = readFileSync(path.join(corpus, name))
      const [event, ...more] = parse({ method: 'IMAP', query: {}, headers: {}, body })
      assert.ok(event && !more.length, name)
      assert.ok(eventSchema.safeParse(event).success || 'kept' in event, name)
      if (event.type !== 'message') continue
      const leaves = leavesOf(readMail(body)).filter(leaf => leaf.content.trim())
      const files = event.parts.filter(part => part.type !== 'mail' && part.type !== 'unsupported')
      const text = leaves.filter(leaf => leaf.type === 'text/plain' && textOf(leaf).trim())
      assert.ok(files.length + text.length >= leaves.filter(leaf => leaf.type !== 'text/html').length, name)
    }
  })
  test('HTTP brings no mail', () => assert.equal(verify().verdict, 'reject'))
  test('a line of an mbox, naked line ends and a missing empty line are no hindrance', () => {
    const raw = 'From anna Sat Nov 21\nFrom: anna@example.org\nMessage-ID: <2@example.org>\nwords at once\n'
    assert.equal(words(mail([raw])).text, 'words at once')
  })
  test('a boundary that begins like another one, or never ends, parts nothing too much', () => {
    const type = 'Content-Type: multipart/mixed; boundary=a'
    const body = ['', '--a', '', 'one', '--ab', 'still one', '--a ', '', 'two']
    assert.equal(words(mail(letter(type, ...body))).text, 'one\n--ab\nstill one\n\ntwo')
  })
  test('a mail that is nothing but parts within parts is read without an end of the stack', () => {
    const deep = Array.from({ length: 5000 }, (_, i) => [
      `Content-Type: multipart/mixed; boundary=b${i}`,
      '',
      `--b${i}`,
    ]).flat()
    assert.equal(mail(letter(...deep, '', 'bottom')).length, 1)
  })
  test('the same mail has the same id without a Message-ID, another mail another one', () => {
    const id = (text: string) => mail(['From: anna@example.org', '', text])[0]!.id
    assert.equal(id('one'), id('one'))
    assert.notEqual(id('one'), id('two'))
  })
})

describe('email: machines', () => {
  const kinds: [string, string[], string][] = [
    ['an absence', ['Auto-Submitted: auto-replied'], 'happened'],
    ['an absence of Exchange', ['X-Auto-Response-Suppress: All', 'Subject: Automatic reply: x'], 'happened'],
    ['an absence of old programs', ['X-Autoreply: yes'], 'happened'],
    ['an absence by precedence', ['Precedence: auto_reply'], 'happened'],
    ['a notice', ['Auto-Submitted: auto-generated'], 'bulk'],
    ['a list', ['List-Id: <bakers.example>'], 'bulk'],
    ['a newsletter', ['Precedence: bulk'], 'bulk'],
    ['a report', ['Return-Path: <>'], 'bulk'],
    ['a person', ['Auto-Submitted: no'], ''],
  ]
  for (const [who, headers, kind] of kinds)
    test(`${who} is ${kind ? 'never answered by a machine' : 'answered'}`, () => {
      const [event] = mail(letter(...headers, '', 'words'))
      if (kind === 'happened') return assert.equal(event?.type, 'happened')
      assert.equal(event?.type === 'message' && (event.kept?.automatic ?? ''), kind)
    })
  for (const from of ['no-reply@x.example', 'MAILER-DAEMON@x.example', 'noreply@x.example', 'postmaster@x.example'])
    test(`${from} is a machine`, () => {
      const [event] = mail([`From: ${from}`, '', 'words'])
      assert.equal(event?.type === 'message' && event.kept?.automatic, 'bulk')
    })
})

describe('email: folding', () => {
  const folded: [string, string, string][] = [
    ['English', 'Yes.\n\nOn Mon, 1 Jan 2026 at 10:00, Shop\n<shop@x.example> wrote:\n> How many?', 'Yes.'],
    ['Russian', 'Да.\n\n21 ноября 2026 г., Магазин пишет:\n> Сколько?\n>> Два', 'Да.'],
    ['Finnish', 'Joo.\n\nKauppa kirjoitti la 21.11.2026 klo 10.00:\n\n> Montako?', 'Joo.'],
    [
      'Outlook',
      'Yes.\n\n________________________________\nFrom: Shop\nSent: Monday\nTo: Anna\nSubject: x\n\nHow?',
      'Yes.',
    ],
    ['Outlook in German', 'Ja.\n\nVon: Laden\nGesendet: Montag\nAn: Anna\nBetreff: x\n\nWie?', 'Ja.'],
    ['an old program', 'Yes.\n-----Original Message-----\nHow many?', 'Yes.'],
    ['a signature', 'Yes.\n-- \nAnna', 'Yes.'],
    ['a phone', 'Yes.\n\nSent from my iPhone', 'Yes.'],
    ['an answer below', '> How many?\n\nTwo.', 'Two.'],
    ['nothing but a quotation', '> How many?', '> How many?'],
    ['words with colons', 'From: here\nTo you: hello', 'From: here\nTo you: hello'],
  ]
  for (const [how, given, left] of folded)
    test(`${how} leaves what was written now, and keeps the rest`, () => {
      const { text, quoted } = fold(given, 'Re: x')
      assert.equal(text, left)
      assert.equal(`${text}${quoted}`.replace(/\s/g, '').length, given.replace(/\s/g, '').length)
    })
  test('what is forwarded is not folded', () => {
    const text = 'See below\n\n---------- Forwarded message ---------\nFrom: A\nDate: x\nSubject: y\nTo: B\n\nwords'
    assert.equal(fold(text, 'Fwd: y').text, text)
  })
})

describe('email: HTML', () => {
  const clean = (html: string) => readHtml(html, () => undefined)
  const evil = [
    '<img src=x onerror=alert(1)>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href=" javascript:alert(1)">x</a>',
    '<svg><script>alert(1)</script></svg>',
    '<math><mtext></p><style><img src=x onerror=alert(1)></style></math>',
    '<style>*{background:url(https://spy.example)}</style>',
    '<p style="background:url(https://spy.example);position:fixed">x</p>',
    '<p style="width:expression(alert(1))">x</p>',
    '<iframe src="https://spy.example"></iframe><object data=x></object><embed src=x>',
    '<form action="https://spy.example"><input name=a><button>x</button></form>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<base href="https://spy.example"><meta http-equiv=refresh content="0;url=https://spy.example"><link rel=stylesheet href=x>',
    '<img src="data:image/svg+xml;base64,AAAA"><video src=x></video>',
    '<p title="&quot;><script>alert(1)</script>">x</p>',
    '<!--[if mso]><script>alert(1)</script><![endif]-->',
  ]
  test('of a background its colour stays, so that white words on it can be read', () => {
    const styleOf = (style: string) => / style="([^"]*)"/.exec(clean(`<p style="${style}">x</p>`).html)?.[1]
    assert.equal(styleOf('background:#8a3d3d;color:#fff'), 'background-color:#8a3d3d;color:#fff')
    assert.equal(styleOf('background: no-repeat rgb(1, 2, 3)'), 'background-color:rgb(1, 2, 3)')
    assert.equal(styleOf('background:white'), 'background-color:white')
    assert.equal(styleOf('background:url(https://spy.example)'), undefined)
  })
  for (const html of evil)
    test(`nothing is left of what does harm in ${html}`, () => {
      const shown = clean(html).html
      const tags = [...shown.matchAll(/<([a-z0-9]+)([^<>]*)>/g)]
      for (const [, name, attributes = ''] of tags) {
        assert.match(name!, /^(img|a|p)$/)
        assert.doesNotMatch(attributes.replace(/"[^"]*"/g, ''), /\bon|srcdoc|action/)
        assert.doesNotMatch(attributes, /javascript|svg|expression|position|url\(/)
      }
    })
  test('tables, lists and links are readable as words', () => {
    const { text } = clean(
      '<table><tr><td>Rye</td><td>2</td></tr></table><ol><li>a<li>b</ol><a href="https://x.example/y">z</a>',
    )
    assert.equal(text, 'Rye 2\n\n• a\n• b\nz (https://x.example/y)')
  })
  test('what mail programs mark as earlier mail is set apart', () => {
    for (const mark of [
      '<div class="gmail_quote">old</div>',
      '<blockquote type="cite">old</blockquote>',
      '<div id="divRplyFwdMsg">From</div><div>old</div>',
    ])
      assert.match(clean(`<p>new</p>${mark}`).quoted, /old/)
    assert.equal(clean('<p>new</p><div class="gmail_quote">old</div>').text, 'new')
  })
  test('a hundred thousand open tags are read', () => {
    assert.equal(clean(`${'<div><b>'.repeat(100_000)}deep`).text, 'deep')
  })
})

describe('email: threads', () => {
  const key = signingKey(settings)
  const id = messageIdOf({ key: to.key, person: anna }, 'shop@rowan.example', key)
  test('a Message-ID names piece and person, and cannot be made by others', () => {
    assert.deepEqual(ownId(id, key), { key: to.key, person: anna })
    assert.equal(ownId(id.replace(/\.[0-9a-f]{16}@/, '.0000000000000000@'), key), undefined)
    assert.equal(ownId(id, signingKey({ ...settings, password: 'another' })), undefined)
    const other = messageIdOf({ key: to.key, person: 'eve@example.org' }, 'shop@rowan.example', 'guessed')
    assert.equal(ownId(other, key), undefined)
  })
  test('a reply address names the person in any case of its letters, where it fits', () => {
    const tagged = replyAddressOf('shop@rowan.example', anna, key)!
    assert.equal(personIn(tagged, key), anna)
    assert.equal(personIn(tagged.toUpperCase(), key), anna)
    assert.equal(personIn(tagged, 'other'), undefined)
    assert.equal(replyAddressOf('shop@rowan.example', `${'a'.repeat(60)}@example.org`, key), undefined)
  })
  test('an answer is proven by its reply address or by any id it names', () => {
    const proven = (name: string, value: string) => provenPerson({ headers: [[name, value]] }, settings)
    assert.equal(proven('to', `Shop <${replyAddressOf('shop@rowan.example', anna, key)}>`), anna)
    assert.equal(proven('in-reply-to', `<${id}>`), anna)
    assert.equal(proven('references', `<a@b> <${id}> <c@d>`), anna)
    assert.equal(proven('references', '<a@b>'), undefined)
  })
})

describe('email: writing', () => {
  const kept = {
    messageId: '1@example.org',
    references: '0@example.org 1@example.org',
    subject: 'AW: Re: Bread?',
    to: 'orders@rowan.example',
  }
  const last = { id: externalId('1@example.org'), at: new Date(0), kept }
  const text = { type: 'text', text: 'Two & more.\n\nSee https://rowan.example/a.' } as const
  test('an answer keeps thread, subject and the address that was written to', () => {
    const made = render(text, { ...to, last }, { settings: { ...settings, signature: 'Rowan' } })
    assert.deepEqual(made, {
      from: { name: 'Rowan & Rye', address: 'orders@rowan.example' },
      to: anna,
      subject: 'Re: Bread?',
      text: 'Two & more.\n\nSee https://rowan.example/a.\n\n-- \nRowan',
      html: '<div><p>Two &amp; more.</p><p>See <a href="https://rowan.example/a">https://rowan.example/a</a>.</p></div><div style="color:#666">-- <br>Rowan</div>',
      messageId: `<${messageIdOf({ key: to.key, person: anna }, 'orders@rowan.example', signingKey(settings))}>`,
      inReplyTo: '<1@example.org>',
      references: '<0@example.org> <1@example.org>',
    })
    assert.deepEqual(render(text, { ...to, last, attempt: 2 }, { settings }).messageId, made.messageId)
  })
  test('a quoted mail is answered rather than the last one, and its writer rather than the person', () => {
    const replyKept = { messageId: '9@example.org', subject: 'Cake', answer: 'peter@example.org' }
    const made = render(text, { ...to, last, replyKept }, { settings })
    assert.deepEqual([made.to, made.subject, made.inReplyTo], ['peter@example.org', 'Re: Cake', '<9@example.org>'])
  })
  test('the first mail has the subject of the settings, or its first words', () => {
    assert.equal(render(text, to, { settings: { ...settings, subject: 'News' } }).subject, 'News')
    assert.equal(render(text, to, { settings }).subject, 'Two & more.')
    assert.equal(render({ type: 'text', text: 'x'.repeat(80) }, to, { settings }).subject.length, 58)
  })
  test('a file is attached with its caption as words; a signed reply address is set when wanted', () => {
    const file = { bytes: new Uint8Array([1, 2]), mime: 'application/pdf', name: 'price.pdf' }
    const made = render({ type: 'file', url: '', caption: 'Prices' }, to, {
      settings: { ...settings, plusAddressing: true },
      file,
    })
    assert.deepEqual(made.attachments, [
      { filename: 'price.pdf', content: Buffer.from([1, 2]), contentType: 'application/pdf' },
    ])
    assert.equal(made.text, 'Prices')
    assert.match(made.replyTo ?? '', /^shop\+r[a-z2-7]+-[0-9a-f]{12}@rowan\.example$/)
  })
  test('only what no person wrote says so', () => {
    assert.equal(render(text, to, { settings }).headers, undefined)
    const { headers } = render(text, { ...to, automatic: true }, { settings })
    assert.deepEqual(headers, { 'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All' })
  })
  test('what mail cannot carry never leaves', () => {
    assert.throws(() => render({ type: 'location', lat: 1, lon: 2 }, to, { settings }), /cannot carry/)
  })
  test('words are words in HTML too', () => {
    assert.equal(page('<b>"x"</b>', undefined).html, '<div><p>&lt;b&gt;&quot;x&quot;&lt;/b&gt;</p></div>')
  })
  const answers: [number, string, string][] = [
    [250, '2.0.0 OK queued', 'ok'],
    [421, '4.3.2 Service shutting down', 'down'],
    [450, '4.2.0 Greylisted', 'rate'],
    [451, '4.7.1 Try later', 'rate'],
    [452, '4.2.2 Mailbox full', 'rate'],
    [454, '4.7.0 Temporary authentication failure', 'down'],
    [530, '5.7.0 Authentication required', 'auth'],
    [535, '5.7.8 Bad credentials', 'auth'],
    [535, '5.7.139 SmtpClientAuthentication is disabled', 'auth'],
    [550, '5.1.1 User unknown', 'invalid'],
    [550, '5.7.1 Rejected by policy', 'blocked'],
    [550, 'No such user', 'invalid'],
    [552, '5.3.4 Message too big', 'invalid'],
    [552, '5.2.2 Over quota', 'blocked'],
    [553, '5.1.3 Bad address', 'invalid'],
    [554, 'Transaction failed', 'blocked'],
  ]
  for (const [code, said, why] of answers)
    test(`${code} ${said} means ${why}`, () => {
      const result = outcome({ code, text: said }, '<id@x>')
      assert.equal(result.ok ? 'ok' : result.why, why)
      assert.equal(result.ok ? result.id : 'id@x', 'id@x')
    })
})

describe('email: mails made to stop a reader', () => {
  const long = (text: string) => text.repeat(1_000_000 / text.length)
  const bodies: [string, string[]][] = [
    ['spaces', ['', `x${long(' ')}x`]],
    ['spaces in HTML', ['Content-Type: text/html', '', `<pre>x${long(' ')}x</pre>`]],
    ['spaces, quoted-printable', ['Content-Transfer-Encoding: quoted-printable', '', `x${long(' ')}x`]],
    ['an attribute', ['Content-Type: text/html', '', `<p title="${long('y')}"><img src=x></p>`]],
    ['encoded words', [`Subject: ${long('=?utf-8?q?')}`, '', 'x']],
    ['semicolons', [`Content-Type: text/plain${long('; a')}`, '', 'x']],
    ['a header', [`References: ${long('<a@b> ')}`, '', 'x']],
    ['people', [`Cc: ${long('a@b.example, ')}`, '', 'x']],
    ['brackets', ['Content-Type: text/html', '', long('<')]],
    ['quotations', ['', long('> \n')]],
    ['headers of mails', ['', long('From: x\nTo: y\n')]],
    ['dashes', ['', long('-')]],
    ['boundaries', ['Content-Type: multipart/mixed; boundary=a', '', long('--a\r\n\r\nx\r\n')]],
  ]
  for (const [what, lines] of bodies)
    test(`a million characters of ${what} are read`, { timeout: 20_000 }, () => {
      const [event, ...more] = mail(letter(...lines))
      assert.equal(event?.type, 'message')
      assert.equal(more.length, 0)
      assert.ok(eventSchema.safeParse(event).success)
    })
})
