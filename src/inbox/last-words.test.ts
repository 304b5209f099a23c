import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../api/shapes.ts'
import { lastMessageOf } from './last-words.ts'

const lineOf = (subject: string, text: string): string => {
  const message: Message = {
    id: '1',
    conversationId: '1',
    direction: 'in',
    author: { type: 'contact', id: null, name: 'Ellen' },
    parts: [{ type: 'mail', subject, text }],
    status: 'received',
    externalId: null,
    at: '2026-01-01T00:00:00.000Z',
  }
  return lastMessageOf(message).text
}

test('the line of a mail tells its subject apart from its words', () => {
  assert.equal(lineOf('Re: A class', 'The 23rd\nis perfect.'), 'Re: A class · The 23rd is perfect.')
  assert.equal(lineOf('Only a subject', ''), 'Only a subject')
  assert.equal(lineOf('', 'Only words'), 'Only words')
})

test('a subject that is the beginning of the mail is not said twice', () => {
  assert.equal(lineOf('Hello', 'Hello'), 'Hello')
  assert.equal(lineOf('Is the rye', 'Is the rye loaf back?'), 'Is the rye loaf back?')
  assert.equal(lineOf('The rye is in', 'The rye is in\n\nDear bakers'), 'The rye is in · Dear bakers')
})
