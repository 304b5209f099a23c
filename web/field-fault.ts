import { msg, t } from './say.ts'

/** What is wrong with one field, as the server's schemas word it, and as a person does. */
const faults: readonly (readonly [RegExp, string])[] = [
  [/^(must|may) not be empty$|expected string to have >=1 characters$|received undefined$/i, msg('Fill this in.')],
  [/expected string to have <=(?<max>\d+) characters$/, msg('At most {max} characters.')],
  [/expected string to have >=(?<min>\d+) characters$/, msg('At least {min} characters.')],
  [/expected number to be <=(?<max>\d+)$/, msg('At most {max}.')],
  [/expected number to be >=(?<min>\d+)$/, msg('At least {min}.')],
  [/expected number, received/, msg('Digits only.')],
  [/^is not an e-mail address$/, msg('This is no e-mail address.')],
  [/^Invalid URL$/, msg('This is no web address.')],
  [/^takes lower-case letters, digits and underscores$/, msg('Only small Latin letters, digits and underscores.')],
  [/^is a code like en, en_US or fi$/, msg('A code like en, en_US or fi.')],
]

/** What is wrong with a field, in the chosen language; nothing when these are not a schema's words. */
export function fieldFault(english: string): string | undefined {
  for (const [pattern, id] of faults) {
    const match = pattern.exec(english)
    if (match) return t(id, { ...match.groups })
  }
  return undefined
}
