import { logLine, type World } from '../world.ts'
import { type Box, boxOf, create, type Folder, folderOf } from './box.ts'
import { byUid, words } from './by-uid.ts'
import type { Talk } from './lines.ts'
import { isAllowed } from './sign-in.ts'

const abilities = 'IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2 IDLE MOVE ID'

export interface Session {
  talk: Talk
  world: World
  box: Box
  signedIn: boolean
  folder?: Folder
  /** How many mails the other side was told of. */
  told: number
}

/** RFC 3501 with IDLE and MOVE, as far as a mail program needs it to read one mailbox. */
export async function imap(talk: Talk, world: World): Promise<void> {
  const session: Session = { talk, world, box: boxOf(world), signedIn: false, told: 0 }
  if (world.faults.down !== 0) return talk.say('* BYE [UNAVAILABLE] Try again later\r\n')
  talk.say(`* OK [CAPABILITY ${abilities}] simulator ready\r\n`)
  for (;;) {
    const line = await whole(talk)
    if (line === undefined) return
    const [, tag = '*', verb = '', rest = ''] = /^(\S+) +(\S+) ?(.*)$/s.exec(line) ?? []
    const answer = await perform(verb.toUpperCase(), rest, session)
    if (/^(NOOP|UID|FETCH)$/i.test(verb)) news(session)
    talk.say(`${tag} ${answer}\r\n`)
    if (/^logout$/i.test(verb)) return
  }
}

/** A command with its literals in place. */
async function whole(talk: Talk): Promise<string | undefined> {
  let said = ''
  for (;;) {
    const line = await talk.line()
    if (line === undefined) return undefined
    const literal = /\{(\d+)(\+?)\}$/.exec(line)
    if (!literal) return said + line
    if (!literal[2]) talk.say('+ Ready\r\n')
    const bytes = await talk.bytes(Number(literal[1]))
    said += `${line.slice(0, literal.index)}"${bytes?.toString('latin1').replace(/(["\\])/g, '\\$1')}"`
  }
}

async function perform(verb: string, rest: string, session: Session): Promise<string> {
  const { talk } = session
  switch (verb) {
    case 'CAPABILITY':
      talk.say(`* CAPABILITY ${abilities}\r\n`)
      return 'OK done'
    case 'NOOP':
    case 'CHECK':
      return 'OK done'
    case 'ID':
      talk.say('* ID NIL\r\n')
      return 'OK done'
    case 'LOGOUT':
      talk.say('* BYE see you\r\n')
      return 'OK done'
    case 'LOGIN': {
      const [user = '', password = ''] = words(rest)
      return signIn(session, 'PLAIN', `\0${user}\0${password}`)
    }
    case 'AUTHENTICATE':
      return authenticate(session, rest)
  }
  return session.signedIn ? inside(verb, rest, session) : 'NO [AUTHENTICATIONFAILED] Sign in first'
}

async function inside(verb: string, rest: string, session: Session): Promise<string> {
  const { talk, box, world } = session
  switch (verb) {
    case 'LIST':
    case 'LSUB':
      // An empty name asks for what stands between the names of folders (RFC 3501, 6.3.8).
      if (words(rest)[1] === '') {
        talk.say(`* LIST (\\Noselect) "/" ""\r\n`)
        return 'OK done'
      }
      for (const name of box.folders.keys())
        talk.say(`* ${verb} (${name === 'Sent' ? '\\Sent' : '\\HasNoChildren'}) "/" "${name}"\r\n`)
      return 'OK done'
    case 'CREATE': {
      const [name = ''] = words(rest)
      if (folderOf(box, name)) return 'NO [ALREADYEXISTS] There is one'
      create(box, name, world)
      return 'OK done'
    }
    case 'SELECT':
    case 'EXAMINE':
      return select(session, words(rest)[0] ?? '')
    case 'CLOSE':
    case 'UNSELECT':
      delete session.folder
      return 'OK done'
    case 'IDLE':
      return idle(session)
    case 'UID':
      return byUid(session, rest)
    default:
      return `BAD Unknown command ${verb}`
  }
}

function signIn(session: Session, method: string, said: string): string {
  session.signedIn = isAllowed(method, said, session.world)
  logLine(session.world, { way: 'in', what: 'IMAP sign in', result: session.signedIn ? 'OK' : 'NO' })
  return session.signedIn ? `OK [CAPABILITY ${abilities}] done` : 'NO [AUTHENTICATIONFAILED] Invalid credentials'
}

async function authenticate(session: Session, rest: string): Promise<string> {
  const [method = '', initial] = rest.split(' ')
  if (!initial) session.talk.say('+ \r\n')
  const said = Buffer.from(initial ?? (await session.talk.line()) ?? '', 'base64').toString()
  const answer = signIn(session, method, said)
  if (!session.signedIn && /^xoauth2$/i.test(method)) {
    session.talk.say(`+ ${Buffer.from('{"status":"400"}').toString('base64')}\r\n`)
    await session.talk.line()
  }
  return answer
}

function select(session: Session, name: string): string {
  const folder = folderOf(session.box, name)
  if (!folder) return 'NO [NONEXISTENT] There is no such folder'
  session.folder = folder
  session.told = folder.mails.length
  session.talk.say(
    `* FLAGS (\\Seen \\Deleted)\r\n* ${folder.mails.length} EXISTS\r\n* 0 RECENT\r\n` +
      `* OK [UIDVALIDITY ${folder.validity}] ok\r\n* OK [UIDNEXT ${folder.next}] ok\r\n* OK [PERMANENTFLAGS (\\*)] ok\r\n`,
  )
  return 'OK [READ-WRITE] done'
}

/** Tells how many mails there are, when that has changed. */
function news(session: Session): void {
  const count = session.folder?.mails.length ?? session.told
  if (count > session.told) session.talk.say(`* ${count} EXISTS\r\n`)
  session.told = count
}

async function idle(session: Session): Promise<string> {
  const { box, talk, folder } = session
  const tell = () => news(session)
  talk.say('+ idling\r\n')
  if (folder) box.news.on(folder.name, tell)
  tell()
  const line = await talk.line()
  if (folder) box.news.off(folder.name, tell)
  return line?.toUpperCase() === 'DONE' ? 'OK done' : 'BAD Expected DONE'
}
