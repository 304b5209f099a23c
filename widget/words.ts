import type { Words } from '../src/site/words.ts'

/** The chat's words in English. Other languages come with the session (src/site/words.ts). */
export const english: Words = {
  open: 'Open chat',
  close: 'Close chat',
  hello: 'Hello! How can we help?',
  write: 'Write a message',
  send: 'Send',
  file: 'Attach a file',
  place: 'Send my location',
  offline: 'No connection. Your messages will go by themselves.',
  typing: 'is writing…',
  failed: 'Not sent.',
  again: 'Send again',
  reply: 'Reply',
  edit: 'Edit',
  remove: 'Delete',
  cancel: 'Cancel',
  deleted: 'Message deleted',
  edited: 'edited',
  bot: 'bot',
  go: 'Continue in',
  map: 'Location',
  older: 'Earlier messages',
  today: 'Today',
  yesterday: 'Yesterday',
  big: 'The file is larger than 16 MB.',
  noplace: 'Your browser did not tell the location.',
  image: 'Photo',
  voice: 'Voice message',
  sent: 'sent',
  read: 'read',
  waiting: 'waiting',
  arrived: 'delivered',
  fresh: { one: '# new message', other: '# new messages' },
}
/** What the button says before the first session. */
export const openIn: Record<string, string> = { ru: 'Открыть чат', fi: 'Avaa keskustelu' }

/** The first of the wished languages that we speak; English otherwise. */
export const languageOf = (wished: readonly (string | null | undefined)[]): string =>
  wished.map(w => w?.slice(0, 2).toLowerCase() ?? '').find(w => w === 'en' || openIn[w]) ?? 'en'

/** How many new messages, in words. */
export function freshly(count: number, { words, language }: { words: Words; language: string }): string {
  const form = words.fresh[new Intl.PluralRules(language).select(count)] ?? words.fresh.other ?? ''
  return form.replace('#', String(count))
}
