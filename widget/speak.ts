import type { VisitorEvent, VisitorMessage, VisitorPart } from '../src/site/shapes.ts'
import { type Chat, hasBegun, type Sending } from './chat.ts'
import { call, start } from './link.ts'
import { put } from './outbox.ts'
import { preview, upload } from './upload.ts'

type Said = Extract<VisitorEvent, { type: 'message' }>['parts']

/** Everything a visitor can do. Each goes through the outbox: it is on the screen at once and survives the page. */
function tell(chat: Chat, event: VisitorEvent & { id: string }, parts: VisitorPart[]): void {
  start(chat.link)
  if (!hasBegun(chat)) chat.emit('conversation:start')
  const replyTo = 'replyTo' in event ? event.replyTo : event.type === 'chosen' ? event.of : undefined
  const entry = { id: event.id, event, parts, at: new Date().toISOString(), ...(replyTo && { replyTo }) }
  chat.atEnd = true
  put(chat.outbox, entry)
  if (parts.length) chat.emit('message:out', entry)
}

function sayParts(chat: Chat, parts: Said, shown: VisitorPart[]): void {
  const replyTo = chat.replying?.ref
  const entry = chat.entry && !hasBegun(chat) ? { ref: chat.entry } : undefined
  chat.replying = undefined
  tell(chat, { type: 'message', id: fresh(), parts, ...(replyTo && { replyTo }), ...(entry && { entry }) }, shown)
}

/** Says it, or replaces the words that are being edited. */
export function sayText(chat: Chat, text: string): void {
  const of = chat.editing?.ref
  chat.editing = undefined
  if (of) tell(chat, { type: 'edited', id: fresh(), of, text }, [])
  else sayParts(chat, [{ type: 'text', text }], [{ type: 'text', text }])
}

export const takeBack = (chat: Chat, { ref }: VisitorMessage): void =>
  tell(chat, { type: 'deleted', id: fresh(), of: ref }, [])

export const choose = (chat: Chat, { id, label }: { id: string; label: string }, of: string): void =>
  tell(chat, { type: 'chosen', id: fresh(), choice: id, label, of }, [{ type: 'chosen', choice: id, label }])

export function sayPlace(chat: Chat): void {
  navigator.geolocation.getCurrentPosition(
    ({ coords: { latitude: lat, longitude: lon } }) =>
      sayParts(chat, [{ type: 'location', lat, lon }], [{ type: 'location', lat, lon }]),
    () => notice(chat, chat.say('Your browser did not tell the location.')),
  )
}

/** The agent sees it for a few seconds; it is told at most every three. */
export function typed(chat: Chat): void {
  if (Date.now() - chat.typedAt < 3000 || !chat.kept.messages.length) return
  chat.typedAt = Date.now()
  call(chat.link, { method: 'POST', path: '/typing' }).catch(() => {})
}

const biggest = 16 * 1024 * 1024

export function sayFile(chat: Chat, file: File): void {
  if (file.size > biggest) return notice(chat, chat.say('The file is larger than 16 MB.'))
  const { done, stop } = upload({ url: `${chat.root}/files`, token: chat.kept.token ?? '' }, file, part => {
    sending.done = part
    chat.emit('upload:progress', { name: file.name, done: part })
    chat.draw()
  })
  const gone = () => {
    chat.uploads = chat.uploads.filter(other => other !== sending)
    chat.draw()
  }
  const sending: Sending = { id: fresh(), name: file.name, done: 0, stop: () => [stop(), gone()] }
  chat.uploads.push(sending)
  chat.draw()
  done.then(
    stored => [gone(), sayParts(chat, [{ type: stored.type, ticket: stored.ticket }], [preview(stored, file)])],
    (error: Error) => {
      sending.failed = error.message || chat.say('Not sent.')
      chat.emit('upload:error', { name: file.name })
      chat.draw()
    },
  )
}

export function notice(chat: Chat, text: string): void {
  chat.notice = text
  chat.draw()
}

/** crypto.randomUUID is missing on pages without TLS. */
function fresh(): string {
  const b = crypto.getRandomValues(new Uint8Array(16))
  b[6] = (b[6]! & 15) | 64
  b[8] = (b[8]! & 63) | 128
  const hex = [...b].map(n => n.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
