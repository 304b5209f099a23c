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
])

/** Sentences with something of their own in them. */
const templates: readonly string[] = [
  msg('The access token expires on {day}. Sign in again before.'),
  msg('The access token could not be renewed and ends on {day}. Sign in again before. {why}'),
  msg('The consent to read this mailbox ends on {day}. Sign in again before.'),
]

/** A sentence of the server in the chosen language; one that is not known stays in English. */
export function serverWords(english: string): string {
  if (sentences.has(english)) return t(english)
  for (const template of templates) {
    const values = valuesIn(english, template)
    if (values) return t(template, values)
  }
  return english
}

/** What stands in the places of a template, if this is a sentence of it. */
function valuesIn(sentence: string, template: string): Record<string, string> | undefined {
  const pattern = template.replace(/[.]/g, '\\.').replace(/\{(\w+)\}/g, '(?<$1>.+)')
  return new RegExp(`^${pattern}$`, 's').exec(sentence)?.groups
}
