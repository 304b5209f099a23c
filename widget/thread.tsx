/** @jsxImportSource preact */
import type { Chat } from './chat.ts'
import { older } from './hear.ts'
import { Out } from './icons.tsx'
import { type Line, Row } from './row.tsx'

export function Thread({ chat }: { chat: Chat }) {
  const lines = linesOf(chat)
  const { say, kept, typing } = chat
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard
    <div class="log" role="log" aria-live="polite" aria-label={kept.face?.texts.title || kept.face?.name} tabIndex={0}>
      {chat.more && (
        <button type="button" class="linky" onClick={() => void older(chat)}>
          {say('Earlier messages')}
        </button>
      )}
      {!chat.more && <Welcome chat={chat} />}
      {lines.map((line, n) => (
        <Row key={line.ref} line={line} before={lines[n - 1]} chat={chat} />
      ))}
      {typing && (
        <p class="row new meta">
          {typing} {say('is writing…')}
        </p>
      )}
    </div>
  )
}

function linesOf(chat: Chat): Line[] {
  const { messages, outbox } = chat.kept
  const mine = messages.filter(m => m.from === 'visitor')
  const unseen = new Set(chat.unseen ? mine.slice(-chat.unseen) : [])
  const stored = messages.map((message): Line => {
    const tick = message.from === 'visitor' ? (unseen.has(message) ? 'delivered' : 'read') : undefined
    return { ...message, message, ...(tick && { tick }) }
  })
  const waiting = outbox.flatMap((pending): Line[] =>
    pending.parts.length
      ? [{ ...pending, pending, ref: pending.id, from: 'visitor', tick: pending.accepted ? 'sent' : 'waiting' }]
      : [],
  )
  return [...stored, ...waiting]
}

function Welcome({ chat }: { chat: Chat }) {
  const face = chat.kept.face
  return (
    <>
      <div class="row new">
        <div class="bubble">{face?.texts.greeting || chat.say('Hello! How can we help?')}</div>
      </div>
      {face?.links.length ? (
        <div class="offer">
          {face.links.map(link => (
            <Out key={link.url} href={link.url}>
              {chat.say('Continue in')} {link.name}
            </Out>
          ))}
        </div>
      ) : null}
    </>
  )
}
