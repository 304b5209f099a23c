import { ImapFlow } from 'imapflow'
import { type Io, Refused } from '../contract.ts'
import { forgetLogin, loginOf, serverOf } from './login.ts'
import type { Settings } from './settings.ts'

const timeouts = { connectionTimeout: 30_000, greetingTimeout: 16_000, socketTimeout: 300_000 }
/** A mail is fetched whole only up to `whole` of `large.ts`; a file up to this. */
const largest = 64_000_000

/** Signs in. Throws `Refused` when the server refuses us, other errors when it cannot be reached. */
export async function signIn(io: Io<Settings>): Promise<ImapFlow> {
  try {
    return await connected(io)
  } catch (error) {
    if (!(error instanceof Refused) || io.settings.password) throw error
    // An access token may be withdrawn before its time; the next one is asked for once.
    await forgetLogin(io)
    return connected(io)
  }
}

async function connected(io: Io<Settings>): Promise<ImapFlow> {
  const { own, ...server } = serverOf(io.settings.baseUrl, { plain: 143, secure: 993 }, io.settings.ca)
  const client = new ImapFlow({
    ...server,
    ...timeouts,
    ...(!server.secure && !own && { doSTARTTLS: true }),
    auth: await loginOf(io),
    logger: false,
    clientInfo: { name: 'Parley' },
    // Idle soon and not for long: routers forget connections that say nothing.
    autoIdleDelay: 200,
    maxIdleTime: 240_000,
    maxLiteralSize: largest,
    maxResponseSize: 2 * largest,
  })
  // Without a listener an error after the connection would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    client.close()
    throw readable(error)
  }
  return client
}

function readable(error: unknown): Error {
  const { message, authenticationFailed, responseText, serverResponseCode } = error as Error & {
    authenticationFailed?: boolean
    responseText?: string
    serverResponseCode?: string
  }
  const said = `IMAP: ${responseText || message}`
  return authenticationFailed && isForGood(serverResponseCode ?? '', said)
    ? new Refused(said)
    : new Error(said, { cause: error })
}

/** Servers whose back end is down or that have too many connections say NO to a right password as well (RFC 5530). */
const isForGood = (code: string, said: string): boolean =>
  code
    ? /^(AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED|PRIVACYREQUIRED|CONTACTADMIN|NOPERM|ALERT|WEBALERT)$/i.test(
        code,
      )
    : /invalid|incorrect|credential|password|authenticat\w+ (failed|failure)|login failed|disabled/i.test(said)
