import { boxOf, create, renumber, store } from '../../sandbox/email/box.ts'
import { emailWire } from '../../sandbox/email.ts'
import { createWorld } from '../../sandbox/world.ts'
import type { InboundEvent, RawRequest } from '../../src/channels/contract.ts'
import { email } from '../../src/channels/email/index.ts'
import type { Settings } from '../../src/channels/email/settings.ts'
import { hasDovecot, openDovecot } from './dovecot.ts'
import { createIo } from './io.ts'

/** An empty mailbox at some server, and what others do with it. */
export interface Mailbox {
  settings: { address: string; baseUrl: string; smtpUrl: string; password: string }
  put(mail: string[], folder?: string): void
  count(folder?: string): number
  /** The server ends our connections. */
  cut(): void
  /** The folder is there with the same mails and new numbers. */
  recreate(folder: string): void
  close(): Promise<void>
}

/** A server with many mailboxes. */
export interface Host {
  mailbox(): Promise<Mailbox>
  close(): Promise<void>
}

/** Our simulator, and dovecot where it is installed: what is true of one must be true of the other. */
export const hosts: { name: string; open(): Promise<Host> }[] = [
  { name: 'the simulator', open: async () => ({ mailbox: simulated, close: async () => {} }) },
  ...(hasDovecot ? [{ name: 'dovecot', open: dovecotHost }] : []),
]

async function simulated(): Promise<Mailbox> {
  const world = createWorld(emailWire, { name: 'Rowan & Rye', people: [], haste: 100 })
  const serving = (await emailWire.serve!(world)) as { close(): Promise<void>; hangUp(): void }
  const box = boxOf(world)
  return {
    settings: emailWire.settings(world) as Mailbox['settings'],
    put(mail, folder = 'INBOX') {
      if (!box.folders.has(folder)) create(box, folder, world)
      store(box, folder, { raw: Buffer.from(mail.join('\r\n')), at: new Date() })
    },
    count: (folder = 'INBOX') => box.folders.get(folder)?.mails.length ?? 0,
    cut: serving.hangUp,
    recreate: folder => renumber(box, folder),
    async close() {
      await serving.close()
      world.close()
    },
  }
}

async function dovecotHost(): Promise<Host> {
  const dovecot = await openDovecot()
  let number = 0
  return {
    async mailbox() {
      const address = `shop${++number}@rowan.example`
      dovecot.maildir(address, 'Sent')
      return {
        settings: { address, baseUrl: dovecot.url, smtpUrl: 'smtp://127.0.0.1:1', password: 'right' },
        put: (mail, folder) => dovecot.put(address, mail, folder === 'INBOX' ? undefined : folder),
        count: folder => dovecot.count(address, folder === 'INBOX' ? undefined : folder),
        cut: () => dovecot.kick(address),
        recreate: folder => dovecot.recreate(address, folder),
        close: async () => {},
      }
    },
    close: () => dovecot.close(),
  }
}

/** A business that reads a mailbox; where it has got to outlives its connections. */
export function readerOf(given: object) {
  const settings: Settings = email.settings.parse({ importDays: 7, ...given })
  const io = createIo(settings)
  const requests: RawRequest[] = []
  const events: InboundEvent[] = []
  let place: unknown
  let told = () => {}
  let running: { stop: AbortController; ended: Promise<unknown> } | undefined
  const until = async (there: () => boolean) => {
    while (!there()) {
      const news = new Promise<void>(done => (told = done))
      if (running && (await Promise.race([news, running.ended])) instanceof Error && !there()) throw await running.ended
    }
  }
  const said = () => events.flatMap(event => (event.type === 'message' ? [event] : []))
  return {
    io,
    requests,
    events,
    said,
    texts: () => said().map(({ parts: [part] }) => (part?.type === 'mail' ? part.text : part?.type)),
    /** Resolves when the mailbox is open; `ended` tells how listening ended. */
    async listen(): Promise<{ ended: Promise<unknown>; stop(): Promise<unknown> }> {
      const stop = new AbortController()
      let stands = () => {}
      const connected = new Promise<void>(done => (stands = done))
      const ended = email.listen!({
        io,
        signal: stop.signal,
        async deliver(request) {
          requests.push(request)
          events.push(...email.parse(request))
          told()
        },
        cursor: {
          get: async () => place,
          set: async value => {
            place = value
            told()
          },
        },
        connected: () => stands(),
      }).catch((error: unknown) => error)
      running = { stop, ended }
      const early = await Promise.race([connected, ended])
      if (early instanceof Error) throw early
      return {
        ended,
        stop() {
          stop.abort()
          return ended
        },
      }
    },
    /** The first event of a kind. */
    async of<T extends InboundEvent['type']>(type: T) {
      await until(() => events.some(event => event.type === type))
      return events.find(event => event.type === type) as Extract<InboundEvent, { type: T }>
    },
    /** So many messages have come. */
    heard: (count: number) => until(() => said().length >= count),
    /** The place in the folder is written down, with this last mail. */
    reached: (folder: string, uid: number) =>
      until(() => (place as Record<string, { uid: number }> | undefined)?.[folder]?.uid === uid),
    async close() {
      running?.stop.abort()
      await running?.ended
      await io.drop('imap-files')
      await io.drop('smtp')
    },
  }
}

/** A mail of Anna's. */
export const mail = (id: string, text: string, more: string[] = []): string[] => [
  'From: Anna Kuk <anna@example.org>',
  'Date: Sat, 21 Nov 2026 10:00:00 +0000',
  `Message-ID: <${id}@example.org>`,
  `Subject: ${id}`,
  ...more,
  '',
  text,
]

/** A mail of Anna's with words and this file (a name, and its bytes in base64). */
export function mailWithFile(id: string, text: string, file: { name: string; mime: string; base64: string }): string[] {
  const { name, mime, base64 } = file
  const body = ['--b', '', text, '--b', `Content-Type: ${mime}; name="${name}"`, 'Content-Transfer-Encoding: base64']
  return mail(id, [...body, '', base64, '--b--'].join('\r\n'), ['Content-Type: multipart/mixed; boundary=b'])
}
