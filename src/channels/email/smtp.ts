import { Readable } from 'node:stream'
import MailComposer from 'nodemailer/lib/mail-composer'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import XOAuth2 from 'nodemailer/lib/xoauth2'
import { AnswerLost, type Io, type Link, NotSent, Refused } from '../contract.ts'
import { forgetLogin, loginOf, serverOf } from './login.ts'
import type { Letter } from './send.ts'
import type { Settings } from './settings.ts'

/** What the server answered; a code from 400 on is a refusal. */
export interface SmtpAnswer {
  code: number
  text: string
}

export interface Mailer extends Link {
  /** Throws `NotSent` before the server could have the mail, `AnswerLost` when it may have it. */
  deliver(letter: Letter): Promise<SmtpAnswer>
}

/** Servers drop a silent connection after a minute or so; we leave before. */
const idleMs = 20_000

/** One connection, one mail after another; opened when it is needed and kept while mails follow. */
export function mailer(io: Io<Settings>): Mailer {
  let open: SMTPConnection | undefined
  let last: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  const leave = () => {
    clearTimeout(timer)
    open?.quit()
    open = undefined
  }
  async function ready(): Promise<SMTPConnection> {
    clearTimeout(timer)
    if (
      open &&
      !(await done(back => open!.reset(back))
        .then(() => true)
        .catch(() => false))
    ) {
      open.close()
      open = undefined
    }
    if (!open) {
      const fresh = await signedIn(io)
      fresh.once('end', () => {
        if (open === fresh) open = undefined
      })
      open = fresh
    }
    return open
  }
  async function one(letter: Letter): Promise<SmtpAnswer> {
    const { bytes, envelope } = await composed(letter)
    const reused = open
    let connection: SMTPConnection
    try {
      connection = await ready()
    } catch (error) {
      return refusedAt(error)
    }
    const answer = await handed(connection, bytes, envelope)
    // Many servers take so many mails over one connection, then close it with 421 (Exim: smtp_accept_max_per_connection).
    if (answer.code === 421 && connection === reused) {
      open = undefined
      return one(letter)
    }
    timer = setTimeout(leave, idleMs).unref()
    return answer
  }
  return {
    deliver(letter) {
      const mine = last.then(() => one(letter))
      last = mine.catch(() => {})
      return mine
    },
    close: leave,
  }
}

/** Signs in and out again, for `setup`. */
export async function tryOut(io: Io<Settings>): Promise<SmtpAnswer> {
  try {
    const connection = await signedIn(io)
    connection.quit()
    return { code: 250, text: 'signed in' }
  } catch (error) {
    return refusedAt(error)
  }
}

async function signedIn(io: Io<Settings>): Promise<SMTPConnection> {
  try {
    return await connected(io)
  } catch (error) {
    if (io.settings.password || (error as Failure).code !== 'EAUTH') throw error
    await forgetLogin(io)
    return connected(io)
  }
}

async function connected(io: Io<Settings>): Promise<SMTPConnection> {
  const { own, ...server } = serverOf(io.settings.smtpUrl, { plain: 587, secure: 465 }, io.settings.ca)
  const login = await loginOf(io)
  const connection = new SMTPConnection({
    ...server,
    requireTLS: !server.secure && !own,
    name: io.settings.address.split('@')[1],
    connectionTimeout: 30_000,
    greetingTimeout: 30_000,
    // After the last byte a server may think for ten minutes (RFC 5321, 4.5.3.2.6); our worker has not that long.
    socketTimeout: 120_000,
  })
  connection.on('error', () => {})
  try {
    await new Promise<void>((connect, fail) => {
      connection.once('error', fail)
      connection.connect(error => (error ? fail(error) : connect()))
    })
    const auth = 'pass' in login ? login : { type: 'OAUTH2', user: login.user, oauth2: new XOAuth2(login) }
    await done(back => connection.login(auth, back))
  } catch (error) {
    connection.close()
    throw error
  }
  return connection
}

const done = (run: (back: (error: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => run(error => (error ? reject(error) : resolve())))

/** The bytes leave only after the server took sender and recipient: before that nothing can have been sent. */
async function handed(
  connection: SMTPConnection,
  bytes: Buffer,
  envelope: { from: string; to: string[] },
): Promise<SmtpAnswer> {
  let begun = false
  const content = new Readable({
    read() {
      begun = true
      this.push(bytes)
      this.push(null)
    },
  })
  content.on('error', () => {})
  try {
    return await new Promise((resolve, reject) =>
      connection.send({ ...envelope, size: bytes.length }, content, (error, info) =>
        error ? reject(error) : resolve({ code: 250, text: info.response }),
      ),
    )
  } catch (error) {
    const { responseCode, message, code, command } = error as Failure
    connection.close()
    if (responseCode) return { code: responseCode, text: said(error as Failure) }
    // What the library itself refuses: no such address, larger than the server announced.
    if ((code === 'EENVELOPE' && command === 'API') || code === 'EMESSAGE') return { code: 553, text: message }
    throw begun ? new AnswerLost(`SMTP: ${message}`) : new NotSent(`SMTP: ${message}`)
  }
}

interface Failure extends Error {
  code?: string
  command?: string
  response?: string
  responseCode?: number
}

const said = ({ response, message }: Failure): string => (response || message).replace(/\s+/g, ' ').slice(0, 500)

function refusedAt(error: unknown): SmtpAnswer {
  const { responseCode, code, message } = error as Failure
  if (error instanceof NotSent || error instanceof AnswerLost) throw new NotSent(message)
  if (error instanceof Refused) return { code: 535, text: message }
  if (code === 'ETLS') throw new NotSent(`SMTP: no encrypted connection: ${message}`)
  if (responseCode) return { code: responseCode, text: said(error as Failure) }
  if (code === 'EAUTH') return { code: 535, text: message }
  throw new NotSent(`SMTP: ${message}`)
}

async function composed(letter: Letter) {
  const node = new MailComposer({ ...letter, disableFileAccess: true, disableUrlAccess: true }).compile()
  const { from, to } = node.getEnvelope()
  return { bytes: await node.build(), envelope: { from: String(from), to: [...to] } }
}
