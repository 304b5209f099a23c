import type { FastifyReply } from 'fastify'
import { boxOf, store } from './email/box.ts'
import { imap } from './email/imap.ts'
import { listenOn } from './email/lines.ts'
import { clientId, clientSecret, oauthRoutes } from './email/oauth.ts'
import { act } from './email/phone.ts'
import { smtp } from './email/smtp.ts'
import type { Wire } from './wire.ts'
import type { World } from './world.ts'

/** What a token address answers. */
const refused =
  (status: number, error: string) =>
  (reply: FastifyReply): FastifyReply =>
    reply.code(status).send({ error, error_description: 'As it was ordered at the phone.' })

/** The mailbox of a shop: IMAP to read, SMTP to write, and over HTTP the consent pages of Google and Microsoft. */
export const emailWire: Wire = {
  kind: 'email',
  routes: oauthRoutes,
  act,
  sign: () => ({}),
  without: ['reorder', 'lateMs', 'forge', 'window'],
  says: { rate: '450', down: '421', token: '535' },
  refuse: {
    rate: refused(429, 'slow_down'),
    down: refused(503, 'temporarily_unavailable'),
    token: refused(400, 'invalid_grant'),
    blocked: refused(400, 'access_denied'),
  },
  unknownEvent(person, world) {
    const raw = `From: ${person.name} <${person.id}>\r\nSubject: sealed\r\nMessage-ID: <odd-${world.next()}@mail.example.org>\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n`
    store(boxOf(world), 'INBOX', { raw: Buffer.from(raw), at: world.now() })
    return undefined
  },
  settings(world) {
    const { address, imap: read, smtp: write } = boxOf(world)
    return {
      address,
      password: world.account.token,
      senderName: world.account.name,
      baseUrl: `imap://127.0.0.1:${read}`,
      smtpUrl: `smtp://127.0.0.1:${write}`,
      // With them one may sign in in place of the password.
      ...(world.baseUrl && {
        clientId: clientId(world),
        clientSecret: clientSecret(world),
        tokenUrl: `${world.baseUrl}/google/token`,
      }),
    }
  },
  retryAfter: () => 60_000,
  serve,
}

/** `hangUp` cuts all lines to the mailbox, as routers and servers do. */
async function serve(world: World): Promise<{ close(): Promise<void>; hangUp(): void }> {
  const box = boxOf(world)
  const [reading, writing] = await Promise.all([
    listenOn(talk => imap(talk, world)),
    listenOn(talk => smtp(talk, world)),
  ])
  box.imap = reading.port
  box.smtp = writing.port
  return {
    hangUp: reading.hangUp,
    close: async () => void (await Promise.all([reading.close(), writing.close()])),
  }
}
