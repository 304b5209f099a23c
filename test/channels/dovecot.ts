import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, renameSync } from 'node:fs'
import path from 'node:path'
import { certificateFor, freePorts, type Home, homeFor, installed, userOfServers, versionOf } from './programs.ts'

// From 2.4 on (Debian 13) it reads another kind of configuration.
export const hasDovecot = installed('dovecot', 'doveadm', 'openssl') && versionOf('dovecot').startsWith('2.3.')

export interface Dovecot {
  /** On the own machine, where a connection needs no encryption, and by an address where it does. */
  url: string
  urlByName: string
  ca: string
  home: Home
  /** The Maildir folder of the user: `''` is INBOX. */
  maildir(address: string, folder?: string): string
  /** As a local delivery agent does it: complete, then in one step into the folder. */
  put(address: string, mail: string[], folder?: string): void
  /** How many mails lie there. */
  count(address: string, folder?: string): number
  /** Ends all connections of the user, as an administrator does. */
  kick(address: string): void
  /** The folder is lost and made again with the same mails, so it has new numbers. */
  recreate(address: string, folder: string): void
  /** In another mail program: a folder, a mail in it, and how many there are. Any name will do. */
  create(address: string, folder: string): void
  deliver(address: string, mail: string[], folder: string): void
  inFolder(address: string, folder: string): number
  /** Ends the server and starts it again. */
  restart(address: string): Promise<void>
  /** Another mail program deletes all mail in the folder. */
  expunge(address: string, folder: string): void
  close(): Promise<void>
}

/** A dovecot of its own in a folder of its own, where everybody has a mailbox with the password `right`. */
export async function openDovecot(home = homeFor('dovecot')): Promise<Dovecot> {
  const user = userOfServers()
  const [port = 0] = await freePorts(1)
  const tls = certificateFor(home, 'IP:0.0.0.0,IP:127.0.0.1')
  home.put('run')
  const config = home.put('dovecot.conf', configOf(home.folder, port, tls))
  const start = () => home.run('dovecot', ['-F', '-c', config], port)
  await start()
  const nameOf = (address: string, folder = '') =>
    ['users', address, 'Maildir', folder && `.${folder.replaceAll('/', '.')}`].filter(Boolean).join('/')
  let number = 0
  const made = new Set<string>()
  const maildir = (address: string, folder?: string) => {
    const [name, ...above] = [nameOf(address, folder), nameOf(address), `users/${address}`, 'users']
    if (made.has(name)) return name
    for (const one of [...above.reverse(), name]) home.put(one)
    for (const part of ['cur', 'new', 'tmp']) home.put(`${name}/${part}`)
    made.add(name)
    return name
  }
  const doveadm = (args: string[], input?: string) =>
    execFileSync('doveadm', ['-c', config, ...args], {
      ...(input !== undefined && { input }),
      ...(process.getuid?.() === 0 && { uid: user.uid, gid: user.gid }),
    })
  return {
    url: `imap://127.0.0.1:${port}`,
    urlByName: `imap://0.0.0.0:${port}`,
    ca: tls.pem,
    home,
    maildir,
    put(address, mail, folder) {
      const name = maildir(address, folder)
      const file = `${Math.floor(Date.now() / 1000)}.M${String(++number).padStart(6, '0')}.test`
      home.put(`${name}/tmp/${file}`, mail.join('\r\n'))
      renameSync(path.join(home.folder, name, 'tmp', file), path.join(home.folder, name, 'new', file))
    },
    count: (address, folder) =>
      ['cur', 'new']
        .map(part => path.join(home.folder, nameOf(address, folder), part))
        .reduce((sum, one) => sum + (existsSync(one) ? readdirSync(one).length : 0), 0),
    create: (address, folder) => void doveadm(['mailbox', 'create', '-u', address, folder]),
    deliver: (address, mail, folder) => void doveadm(['save', '-u', address, '-m', folder], mail.join('\r\n')),
    inFolder: (address, folder) =>
      doveadm(['search', '-u', address, 'mailbox', folder, 'ALL']).toString().trim().split('\n').filter(Boolean).length,
    async restart(address) {
      // Its processes would notice only ten seconds later that their master has gone.
      doveadm(['kick', address])
      await home.stop()
      await start()
    },
    kick: address => void doveadm(['kick', address]),
    recreate(address, folder) {
      const lost = `${folder}-lost`
      doveadm(['mailbox', 'rename', '-u', address, folder, lost])
      doveadm(['mailbox', 'create', '-u', address, folder])
      doveadm(['move', '-u', address, folder, 'mailbox', lost, 'ALL'])
      doveadm(['mailbox', 'delete', '-u', address, lost])
    },
    expunge: (address, folder) => void doveadm(['expunge', '-u', address, 'mailbox', folder, 'ALL']),
    close: () => home.close(),
  }
}

function configOf(folder: string, port: number, tls: { key: string; cert: string }): string {
  const user = userOfServers()
  return `base_dir = ${folder}/run
state_dir = ${folder}
log_path = ${folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <${tls.cert}
ssl_key = <${tls.key}
default_internal_user = ${user.name}
default_internal_group = ${user.group}
default_login_user = ${user.name}
first_valid_uid = 1
mail_location = maildir:~/Maildir
auth_failure_delay = 0
passdb {
  driver = static
  args = password=right
}
userdb {
  driver = static
  args = uid=${user.uid} gid=${user.gid} home=${folder}/users/%u
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`
}
