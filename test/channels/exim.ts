import { certificateFor, freePorts, homeFor, installed, userOfServers } from './programs.ts'

export const hasExim = installed('exim4', 'openssl')

/** The password of everybody. */
const password = 'right'

export interface Exim {
  /** On the own machine; and by an address where it must be encrypted, for which its certificate is. */
  url: string
  urlByName: string
  ca: string
  /** Ends the server and starts it again. */
  restart(): Promise<void>
  close(): Promise<void>
}

/**
 * An Exim of its own that takes mail from whoever signs in over TLS and puts it into the Maildirs of this folder.
 * What the recipient is called decides: `nobody` is refused, `later` put off, `gone` bounces, `slow` is tried for long.
 * It takes five mails over one connection.
 */
export async function openExim(users: string): Promise<Exim> {
  const home = homeFor('exim')
  const [port = 0] = await freePorts(1)
  const tls = certificateFor(home, 'IP:0.0.0.0,IP:127.0.0.1')
  home.put('spool')
  const config = home.put('exim.conf', configOf({ folder: home.folder, users, port, tls, user: userOfServers() }))
  const start = () => home.run('exim4', ['-C', config, '-bdf', '-q1s'], port)
  await start()
  return {
    async restart() {
      await home.stop()
      await start()
    },
    url: `smtp://127.0.0.1:${port}`,
    urlByName: `smtp://0.0.0.0:${port}`,
    ca: tls.pem,
    close: () => home.close(),
  }
}

interface Plan {
  folder: string
  users: string
  port: number
  tls: { key: string; cert: string }
  user: { name: string; group: string }
}

const configOf = ({ folder, users, port, tls, user }: Plan): string => `
spool_directory = ${folder}/spool
log_file_path = ${folder}/%slog
pid_file_path = ${folder}/exim.pid
primary_hostname = mail.rowan.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
tls_advertise_hosts = *
tls_certificate = ${tls.cert}
tls_privatekey = ${tls.key}
auth_advertise_hosts = \${if eq{$tls_in_cipher}{}{}{*}}
message_size_limit = 2M
smtp_accept_max_per_connection = 5
acl_smtp_rcpt = rcpt
deliver_drop_privilege
exim_user = ${user.name}
exim_group = ${user.group}
keep_environment =
delay_warning = 1s
host_lookup =
rfc1413_query_timeout = 0s
begin acl
rcpt:
  deny !authenticated = *
    message = 5.7.1 Relaying is not permitted
  deny local_parts = nobody
    message = 5.1.1 There is nobody of this name
  defer local_parts = later
    message = 4.7.1 Greylisted, try again later
  accept
begin routers
gone:
  driver = redirect
  local_parts = gone
  allow_fail
  data = :fail: 5.2.1 The mailbox is disabled
slow:
  driver = manualroute
  local_parts = slow
  transport = away
  self = send
  route_list = * 127.0.0.1
box:
  driver = accept
  transport = maildir
begin transports
away:
  driver = smtp
  port = 1
maildir:
  driver = appendfile
  maildir_format
  create_directory
  directory = ${users}/\${lookup{$local_part@$domain}dsearch,filter=dir{${users}}{$value}fail}/Maildir
begin retry
* * F,2h,1s
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if eq{$auth3}{${password}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = \${if eq{$auth2}{${password}}}
  server_set_id = $auth1
`
