import { type Io, Refused, type Renewing, type SetupResult } from '../contract.ts'
import { signIn } from './imap.ts'
import { renewed } from './login.ts'
import { outcome } from './send.ts'
import type { Settings } from './settings.ts'
import { tryOut } from './smtp.ts'

/** Signs in at both servers and looks whether the folders are there. */
export async function setup(_webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  try {
    const detail = await folders(io)
    const sending = outcome(await tryOut(io), '')
    if (!sending.ok) return { ok: false, why: sending.why, detail: `SMTP: ${sending.detail}` }
    return { ok: true, account: io.settings.address, detail }
  } catch (error) {
    const { message } = error as Error
    if (error instanceof Missing) return { ok: false, why: 'invalid', detail: message }
    if (error instanceof Refused) return { ok: false, why: 'auth', detail: message }
    // Whatever else happens on the way to a server: it is not to be reached as the settings say.
    return { ok: false, why: 'down', detail: message }
  }
}

const dayMs = 86_400_000

/** Every day, where one signed in: does the consent hold, and until when? The mailbox itself is watched by listening. */
export async function tend(_webhookUrl: string, io: Io<Settings>): Promise<SetupResult> {
  const account = io.settings.address
  if (io.settings.password) return { ok: true, account }
  const consent: { ends?: Date } = {}
  try {
    const ask = async ({ settings }: Renewing<Settings>) => {
      const { consentEnds, ...token } = await renewed(io, settings)
      if (consentEnds) consent.ends = consentEnds
      return token
    }
    // No access token lives as long: it is asked for each time.
    await io.token('oauth', ask, 30 * dayMs)
  } catch (error) {
    const { message } = error as Error
    return { ok: false, why: error instanceof Refused ? 'auth' : 'down', detail: message }
  }
  const { ends } = consent
  if (!ends || ends.getTime() - io.now.getTime() > 14 * dayMs) return { ok: true, account }
  const day = ends.toISOString().slice(0, 10)
  return { ok: true, account, warning: `The consent to read this mailbox ends on ${day}. Sign in again before.` }
}

class Missing extends Error {}

async function folders(io: Io<Settings>): Promise<string> {
  const client = await signIn(io)
  try {
    const { mailbox, sentFolder, handledFolder } = io.settings
    const known = (await client.list()).map(({ path }) => path)
    for (const name of [mailbox, sentFolder])
      if (
        name &&
        !known.some(path => path === name || (path.toUpperCase() === 'INBOX' && name.toUpperCase() === 'INBOX'))
      )
        throw new Missing(`There is no folder "${name}". There are: ${known.slice(0, 20).join(', ')}`)
    if (handledFolder && !known.includes(handledFolder))
      await client.mailboxCreate(handledFolder).catch(error => {
        throw new Missing(`The folder "${handledFolder}" cannot be made: ${(error as Error).message}`)
      })
    const box = await client.mailboxOpen(mailbox)
    return `Mails in ${box.path}: ${box.exists}`
  } finally {
    await client.logout().catch(() => client.close())
  }
}
