/** @jsxImportSource preact */
import type { VisitorMessage } from '../src/site/shapes.ts'
import type { Chat } from './chat.ts'
import { Icon, type IconName, Tool } from './icons.tsx'
import type { Pending } from './memory.ts'
import { drop, tryAgain } from './outbox.ts'
import { PartView } from './parts.tsx'
import { choose, takeBack } from './speak.ts'

/** A line of the thread: what the server has, or what waits to get there. */
export interface Line extends Omit<VisitorMessage, 'id' | 'status'> {
  message?: VisitorMessage
  pending?: Pending
  tick?: 'waiting' | 'sent' | 'delivered' | 'read'
}

export function Row({ line, before, chat }: { line: Line; before: Line | undefined; chat: Chat }) {
  const { say } = chat
  const own = line.from === 'visitor'
  const day = dayOf(line.at, chat)
  const newDay = !before || dayOf(before.at, chat) !== day
  const fresh = newDay || before.from !== line.from || before.author !== line.author
  return (
    <>
      {newDay && <p class="day meta">{day}</p>}
      <div class={`row${own ? ' own' : ''}${fresh ? ' new' : ''}`} tabIndex={-1}>
        {fresh && line.author && (
          <span class="author meta">
            {line.author}
            {line.bot && ` · ${say('bot')}`}
          </span>
        )}
        <div class="bubble">
          {line.replyTo && <Quote of={line.replyTo} chat={chat} />}
          {line.deleted ? (
            <span class="gone">{say('Message deleted')}</span>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts never move
            line.parts.map((part, n) => <PartView key={n} part={part} chat={chat} />)
          )}
          <Foot line={line} chat={chat} />
        </div>
        <Offer line={line} chat={chat} />
        {line.reactions && <span class="reacts">{line.reactions.map(r => r.emoji).join(' ')}</span>}
        {line.pending?.failed && <Failure pending={line.pending} chat={chat} />}
        {line.message && !line.deleted && <Acts message={line.message} chat={chat} />}
      </div>
    </>
  )
}

const icons: Record<NonNullable<Line['tick']>, IconName> = {
  waiting: 'clock',
  sent: 'tick',
  delivered: 'ticks',
  read: 'ticks',
}

function Foot({ line, chat }: { line: Line; chat: Chat }) {
  const time = new Date(line.at).toLocaleTimeString(chat.language, { timeStyle: 'short' })
  return (
    <span class="foot">
      {line.edited && `${chat.say('edited')} `}
      <time dateTime={line.at}>{time}</time>
      {line.tick && (
        <span class={line.tick}>
          <Icon name={icons[line.tick]} />
          <span class="hid">{chat.say(line.tick)}</span>
        </span>
      )}
    </span>
  )
}

function Offer({ line, chat }: { line: Line; chat: Chat }) {
  const offer = line.parts.find(part => part.type === 'choices')
  if (!offer) return null
  const { messages, outbox } = chat.kept
  const answers = [...messages, ...outbox].filter(other => other.replyTo === line.ref)
  const label = answers.flatMap(other => other.parts).find(part => part.type === 'chosen')?.label
  return (
    <div class="offer">
      {offer.choices.map(choice => (
        <button
          key={choice.id}
          type="button"
          class={choice.label === label ? 'taken' : ''}
          aria-pressed={choice.label === label}
          disabled={label !== undefined}
          onClick={() => choose(chat, choice, line.ref)}
        >
          {choice.label}
          {choice.description && <small>{choice.description}</small>}
        </button>
      ))}
    </div>
  )
}

function Quote({ of, chat }: { of: string; chat: Chat }) {
  const quoted = chat.kept.messages.find(m => m.ref === of || m.acks?.includes(of))
  return quoted ? <span class="quote">{briefly(quoted, chat)}</span> : null
}

/** A message in one line. */
export const briefly = (message: VisitorMessage, chat: Chat): string =>
  message.parts
    .map(part => wordsIn(part as unknown as Worded))
    .filter(Boolean)
    .join(' ') || (message.deleted ? chat.say('Message deleted') : chat.say('Photo'))

/** Whatever words a part carries, by whichever name. */
type Worded = Partial<Record<'text' | 'prompt' | 'label' | 'caption' | 'name', string>>
const wordsIn = (part: Worded) => part.text ?? part.prompt ?? part.label ?? part.caption ?? part.name

function Failure({ pending, chat }: { pending: Pending; chat: Chat }) {
  return (
    <p class="bad" title={pending.failed}>
      {chat.say('Not sent.')}{' '}
      <button type="button" onClick={() => tryAgain(chat.outbox, pending.id)}>
        {chat.say('Send again')}
      </button>{' '}
      <button type="button" onClick={() => drop(chat.outbox, pending.id)}>
        {chat.say('Delete')}
      </button>
    </p>
  )
}

function Acts({ message, chat }: { message: VisitorMessage; chat: Chat }) {
  const act = (icon: IconName, name: string, run: () => unknown) => (
    <Tool kind="" icon={icon} name={name} run={() => [run(), chat.draw(), chat.focus()]} />
  )
  const { say } = chat
  const own = message.from === 'visitor' && message.parts.every(part => part.type === 'text')
  return (
    <div class="acts">
      {act('reply', say('Reply'), () => Object.assign(chat, { replying: message, editing: undefined }))}
      {own && act('edit', say('Edit'), () => Object.assign(chat, { editing: message, replying: undefined }))}
      {own && act('bin', say('Delete'), () => takeBack(chat, message))}
    </div>
  )
}

function dayOf(at: string, { language, say }: Chat): string {
  const day = (date: Date) => date.toLocaleDateString(language, { day: 'numeric', month: 'long' })
  const [then, now] = [new Date(at), new Date()]
  if (day(then) === day(now)) return say('Today')
  now.setDate(now.getDate() - 1)
  return day(then) === day(now) ? say('Yesterday') : day(then)
}
