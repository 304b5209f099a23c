import { type Folder, folderOf, type Stored } from './box.ts'
import { fetched } from './fetch.ts'
import type { Session } from './imap.ts'

/** The commands that name mails by their numbers for good. */
export function byUid(session: Session, rest: string): string {
  const [, verb = '', args = ''] = /^(\S+) ?(.*)$/s.exec(rest) ?? []
  const { folder, talk } = session
  if (!folder) return 'BAD No folder is open'
  if (/^search$/i.test(verb)) {
    talk.say(
      `* SEARCH${found(folder, args)
        .map(({ uid }) => ` ${uid}`)
        .join('')}\r\n`,
    )
    return 'OK done'
  }
  const [, range = '', what = ''] = /^(\S+) (.*)$/s.exec(args) ?? []
  const mails = within(folder, range)
  if (/^fetch$/i.test(verb)) {
    for (const mail of mails) talk.say(fetched(mail, folder.mails.indexOf(mail) + 1, { what, world: session.world }))
    return 'OK done'
  }
  if (/^store$/i.test(verb)) {
    const flags = /\(([^)]*)\)/.exec(what)?.[1]?.split(' ') ?? []
    for (const mail of mails)
      for (const flag of flags) what.startsWith('-') ? mail.flags.delete(flag) : mail.flags.add(flag)
    return 'OK done'
  }
  return /^move$/i.test(verb) ? move(session, mails, words(what)[0] ?? '') : `BAD Unknown command UID ${verb}`
}

function move(session: Session, mails: Stored[], name: string): string {
  const { box, folder, talk } = session
  const to = folderOf(box, name)
  if (!to || !folder) return 'NO [TRYCREATE] There is no such folder'
  for (const mail of mails) {
    talk.say(`* ${folder.mails.indexOf(mail) + 1} EXPUNGE\r\n`)
    folder.mails.splice(folder.mails.indexOf(mail), 1)
    to.mails.push({ ...mail, uid: to.next++ })
    session.told--
  }
  return 'OK done'
}

/** `5:*` always holds the last mail, even when its number is smaller. */
function within({ mails }: Folder, range: string): Stored[] {
  const last = mails.at(-1)?.uid ?? 0
  const spans = range.split(',').map(one => {
    const [from = 0, to = from] = one.split(':').map(n => (n === '*' ? last : Number(n)))
    return [Math.min(from, to), Math.max(from, to)] as const
  })
  return mails.filter(({ uid }) => spans.some(([from, to]) => uid >= from && uid <= to))
}

function found(folder: Folder, query: string): Stored[] {
  const [key = '', ...values] = words(query)
  const [first = '', second = ''] = values
  if (/^uid$/i.test(key)) return within(folder, first)
  if (/^since$/i.test(key)) return folder.mails.filter(({ at }) => at.getTime() >= Date.parse(`${first} UTC`))
  if (/^header$/i.test(key))
    return folder.mails.filter(({ raw }) =>
      raw.toString('latin1').toLowerCase().includes(`${first}: ${second}`.toLowerCase()),
    )
  return folder.mails
}

/** Atoms and quoted strings. */
export const words = (text: string): string[] =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, bare]) => quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '',
  )
