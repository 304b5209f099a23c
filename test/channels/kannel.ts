import { freePorts, homeFor, installed } from './programs.ts'

export const hasKannel = installed('bearerbox', 'smsbox')

export interface Plan {
  /** Of the message centre it binds to. */
  centre: { port: number; systemId: string; password: string }
  /** Of its HTTP interface. */
  port: number
  user: { account: string; password: string }
  /** Called for each message of a customer, as the README of the channel says. */
  postUrl: string
}

/** A Kannel of its own: the bearerbox, which speaks SMPP, and the smsbox, which speaks HTTP. */
export async function openKannel(plan: Plan): Promise<{ close(): Promise<void> }> {
  const home = homeFor('kannel')
  const [admin = 0, boxes = 0] = await freePorts(2)
  const config = home.put('kannel.conf', configOf(plan, { admin, boxes }))
  try {
    await home.run('bearerbox', ['-v', '1', config], boxes)
    await home.run('smsbox', ['-v', '1', config], plan.port)
  } catch (error) {
    await home.close()
    throw error
  }
  return { close: () => home.close() }
}

const configOf = (
  { centre, port, user, postUrl }: Plan,
  { admin, boxes }: { admin: number; boxes: number },
): string => `
group = core
admin-port = ${admin}
admin-interface = "127.0.0.1"
admin-password = admin
smsbox-port = ${boxes}
smsbox-interface = "127.0.0.1"
box-allow-ip = "127.0.0.1"
dlr-storage = internal
sms-resend-freq = 1

group = smsc
smsc = smpp
smsc-id = parley
host = "127.0.0.1"
port = ${centre.port}
transceiver-mode = true
smsc-username = "${centre.systemId}"
smsc-password = "${centre.password}"
system-type = ""
interface-version = 34
source-addr-autodetect = true
enquire-link-interval = 1
reconnect-delay = 1

group = smsbox
bearerbox-host = "127.0.0.1"
sendsms-port = ${port}
sendsms-interface = "127.0.0.1"

group = sendsms-user
username = "${user.account}"
password = "${user.password}"
concatenation = true
max-messages = 20

group = sms-service
keyword = default
post-url = "${postUrl}"
alt-charset = "UTF-8"
max-messages = 0
`
