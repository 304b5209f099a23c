/** @jsxImportSource preact */
import type { Chat } from './chat.ts'
import { Composer } from './composer.tsx'
import { unread } from './hear.ts'
import { Icon, Tool } from './icons.tsx'
import { sayFile } from './speak.ts'
import { Thread } from './thread.tsx'
import { freshly } from './words.ts'

export interface Frame {
  chat: Chat
  left: boolean
  hidden: boolean
  toggle(open: boolean): void
}

/** The button, and over it the panel. */
export function Widget({ chat, left, hidden, toggle }: Frame) {
  const { say, open } = chat
  const count = unread(chat)
  const name = open ? say('Close chat') : count ? `${say('Open chat')}, ${freshly(count, chat)}` : say('Open chat')
  return (
    <div class={`root${left ? ' left' : ''}${open ? ' isopen' : ''}`} lang={chat.language}>
      {open && <Panel chat={chat} toggle={toggle} />}
      {!hidden && (
        <button type="button" class="launch" aria-label={name} aria-expanded={open} onClick={() => toggle(!open)}>
          <Icon name={open ? 'close' : 'chat'} />
          {!open && count > 0 && <span class="badge">{count > 99 ? '99+' : count}</span>}
        </button>
      )}
      <span class="hid" role="status">
        {!open && count > 0 && freshly(count, chat)}
      </span>
    </div>
  )
}

function Panel({ chat, toggle }: Pick<Frame, 'chat' | 'toggle'>) {
  const face = chat.kept.face
  // The first time, the words of the visitor's language are a moment away.
  const known = face || !chat.online
  const title = face?.texts.title || face?.name || ''
  return (
    <div
      class="panel"
      role="dialog"
      aria-modal="true"
      aria-label={title || chat.say('Open chat')}
      onKeyDown={event => keys(event, () => toggle(false))}
      onDragOver={event => event.preventDefault()}
      onDrop={event => {
        event.preventDefault()
        for (const file of event.dataTransfer?.files ?? []) sayFile(chat, file)
      }}
    >
      <header>
        <span class="face" aria-hidden="true">
          {[...title][0]}
        </span>
        <div class="who">
          <h2>{title}</h2>
          {face?.texts.answerTime && <p class="meta">{face.texts.answerTime}</p>}
        </div>
        <Tool icon="close" name={chat.say('Close chat')} run={() => toggle(false)} />
      </header>
      {known ? <Thread chat={chat} /> : <div class="log" />}
      {known && <Composer chat={chat} />}
    </div>
  )
}

/** Esc closes; Tab stays inside. The page's own shortcuts do not hear what is typed here. */
function keys(event: KeyboardEvent & { currentTarget: HTMLElement }, close: () => void): void {
  event.stopPropagation()
  if (event.key === 'Escape') return close()
  if (event.key !== 'Tab') return
  const all = [
    ...event.currentTarget.querySelectorAll<HTMLElement>('a[href],button:enabled,input,textarea,.log,audio,video'),
  ]
  const [edge, other] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]]
  if (event.target !== edge) return
  event.preventDefault()
  other?.focus()
}
