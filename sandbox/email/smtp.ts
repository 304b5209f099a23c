import { spend, tooMany } from '../faults.ts'
import { logLine, type World } from '../world.ts'
import { boxOf } from './box.ts'
import type { Talk } from './lines.ts'
import { arrived } from './phone.ts'
import { isAllowed } from './sign-in.ts'

const largest = 25_000_000

/** RFC 5321, with AUTH of RFC 4954, as far as a mail program needs it to send. */
export async function smtp(talk: Talk, world: World): Promise<void> {
  const answer = (text: string) => talk.say(`${text}\r\n`)
  const state = { signedIn: false, from: '', to: [] as string[] }
  if (spend(world.faults, 'down')) return shut(world, answer)
  answer('220 mail.shop.example ESMTP simulator')
  for (;;) {
    const line = await talk.line()
    if (line === undefined) return
    const verb = line.slice(0, 4).toUpperCase()
    // Who is connected already hears it with the next mail.
    if (verb === 'MAIL' && spend(world.faults, 'down')) return shut(world, answer)
    if (verb === 'QUIT') return answer('221 2.0.0 Bye')
    if (verb === 'DATA' && state.to.length) await data(talk, state, world)
    else if (verb === 'AUTH') state.signedIn = await auth(talk, line, world)
    else answer(command(verb, line, { state, world }))
  }
}

function shut(world: World, answer: (text: string) => void): void {
  logLine(world, { way: 'in', what: 'SMTP', result: '421' })
  answer('421 4.3.2 Service not available, closing transmission channel')
}

interface State {
  signedIn: boolean
  from: string
  to: string[]
}

function command(verb: string, line: string, { state, world }: { state: State; world: World }): string {
  const path = /<([^<>]*)>/.exec(line)?.[1] ?? ''
  switch (verb) {
    case 'EHLO':
      return `250-mail.shop.example\r\n250-SIZE ${largest}\r\n250-8BITMIME\r\n250-AUTH PLAIN LOGIN XOAUTH2\r\n250 ENHANCEDSTATUSCODES`
    case 'HELO':
      return '250 mail.shop.example'
    case 'MAIL':
      if (!state.signedIn || world.faults.token) return '530 5.7.0 Authentication required'
      if (tooMany(world.faults, world.now().getTime())) return busy(world)
      if (path !== boxOf(world).address) return '553 5.7.1 Sender address rejected: not owned by user'
      state.from = path
      state.to = []
      return '250 2.1.0 Ok'
    case 'RCPT':
      return recipient(path, state, world)
    case 'RSET':
      state.to = []
      return '250 2.0.0 Ok'
    case 'NOOP':
      return '250 2.0.0 Ok'
    default:
      return verb === 'DATA' ? '503 5.5.1 Error: need RCPT command' : '502 5.5.2 Error: command not recognized'
  }
}

function busy(world: World): string {
  logLine(world, { way: 'in', what: 'SMTP MAIL', result: '450' })
  return `450 4.7.1 Too many mails, try again in ${world.faults.retryAfter} seconds`
}

function recipient(path: string, state: State, world: World): string {
  const person = world.people.get(path)
  if (!state.from) return '503 5.5.1 Error: need MAIL command'
  if (!person) return `550 5.1.1 <${path}>: Recipient address rejected: User unknown`
  if (person.blocked && !boxOf(world).bouncing.has(path)) return '550 5.7.1 Your mails are not wanted here'
  state.to.push(path)
  return '250 2.1.5 Ok'
}

async function auth(talk: Talk, line: string, world: World): Promise<boolean> {
  const [, method = '', initial] = line.split(' ')
  const ask = async (prompt: string) => {
    talk.say(`334 ${prompt}\r\n`)
    return (await talk.line()) ?? ''
  }
  const plain = (text: string) => Buffer.from(text, 'base64').toString()
  let allowed = false
  if (/^login$/i.test(method)) {
    const user = initial ?? (await ask('VXNlcm5hbWU6'))
    allowed = isAllowed('PLAIN', `\0${plain(user)}\0${plain(await ask('UGFzc3dvcmQ6'))}`, world)
  } else {
    const said = plain(initial ?? (await ask('')))
    allowed = isAllowed(method, said, world)
    if (!allowed && /^xoauth2$/i.test(method)) await ask(Buffer.from('{"status":"401"}').toString('base64'))
  }
  talk.say(allowed ? '235 2.7.0 Authentication successful\r\n' : '535 5.7.8 Authentication credentials invalid\r\n')
  return allowed
}

async function data(talk: Talk, state: State, world: World): Promise<void> {
  talk.say('354 End data with <CR><LF>.<CR><LF>\r\n')
  const lines: string[] = []
  for (;;) {
    const line = await talk.line()
    if (line === undefined) return
    if (line === '.') break
    lines.push(line.startsWith('.') ? line.slice(1) : line)
  }
  const raw = Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1')
  if (raw.length > largest) return talk.say('552 5.3.4 Message size exceeds fixed limit\r\n')
  const lost = spend(world.faults, 'loseAnswer')
  for (const to of state.to) arrived(raw, to, world)
  state.to = []
  logLine(world, { way: 'in', what: 'SMTP DATA', result: lost ? 'no answer' : '250' })
  if (lost) return talk.cut()
  talk.say(`250 2.0.0 Ok: queued as ${world.next().toString(36).toUpperCase()}\r\n`)
}
