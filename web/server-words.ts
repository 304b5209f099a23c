import { fieldFault } from './field-fault.ts'
import { msg, t } from './say.ts'

/** What the server answers in fixed English sentences, as far as the app's own screens can meet them. */
const sentences: ReadonlySet<string> = new Set([
  msg('The e-mail address or the password is wrong.'),
  msg('It was used already or is older than three days. Ask for a new one.'),
  msg('Somebody of this team has this e-mail address.'),
  msg('Somebody else of this team has this e-mail address.'),
  msg('Wait a minute before you try again.'),
  msg('Sign in first.'),
  msg('Only an owner or an administrator may do this.'),
  msg('There is no agent with this id.'),
  msg('The database cannot be reached at the moment. Try again.'),
  msg('An unexpected error happened; the log has its details.'),
  msg('This message neither failed nor is it uncertain.'),
  msg('This messenger does not take this reaction to this message.'),
  msg('Parley was interrupted while sending it: it may have been sent.'),
  msg('Nothing has to be registered for this messenger.'),
  msg('Put the script tag into your pages; see the channel’s README.'),
  msg('In groups the bot sees only messages meant for it. To see all: @BotFather, /setprivacy, Disable.'),
  msg('Telegram lets nobody react on behalf of a business account.'),
  msg('The messenger reached us.'),
  msg('The messenger says that it reaches our address.'),
  msg('Our address answers from here. Whether the messenger reaches it shows with the first message.'),
  msg('The connection stands.'),
  msg('The connection does not stand yet. The health line says when it does.'),
  msg(
    'The messenger did not call us when asked, though our address answers from here. Look whether a firewall keeps it out.',
  ),
])

/** Sentences with something of the moment in them. */
const patterns: readonly string[] = [
  msg(
    '{url} is an address of this computer or network, which nobody outside can call. Set PARLEY_PUBLIC_URL to the public one.',
  ),
  msg('{url} is not encrypted, and messengers call https addresses only. Set PARLEY_PUBLIC_URL to an https address.'),
  msg('The name {host} is not found: it has no DNS record yet, or PARLEY_PUBLIC_URL is misspelt.'),
  msg('The certificate of {host} is refused: {why}'),
  msg('Somebody else answers at {url} (status {status}): it does not lead to this Parley.'),
  msg('Nothing answers at {url}: {why}'),
  msg('{messenger} could not reach the webhook: {why}'),
  msg('The connection does not stand: {why}'),
  msg('The access token expires on {day}. Sign in again before.'),
  msg('The access token could not be renewed and ends on {day}. Sign in again before. {why}'),
  msg('The consent to read this mailbox ends on {day}. Sign in again before.'),
  msg('Mails in {box}: {n}'),
]

/** A sentence of the server in the chosen language; one that is not known stays in English. */
export function serverWords(english: string): string {
  if (sentences.has(english)) return t(english)
  const fault = fieldFault(english)
  if (fault) return fault
  for (const pattern of patterns) {
    const values = shape(pattern).exec(english)?.groups
    if (values) return t(pattern, { ...values })
  }
  return english
}

const shape = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{(\w+)\}/g, '(?<$1>.+?)')}$`, 's')
