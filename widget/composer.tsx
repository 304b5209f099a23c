/** @jsxImportSource preact */
import type { Chat } from './chat.ts'
import { Icon, Tool } from './icons.tsx'
import { briefly } from './row.tsx'
import { sayFile, sayPlace, sayText, typed } from './speak.ts'

const coarse = () => matchMedia('(pointer: coarse)').matches

/** What is being written, and above it what it answers, changes or waits for. */
export function Composer({ chat }: { chat: Chat }) {
  const { say } = chat
  return (
    <>
      {!chat.online && (
        <p class="bar" role="status">
          <span>{say('No connection. Your messages will go by themselves.')}</span>
        </p>
      )}
      <Uploads chat={chat} />
      {chat.notice && <Bar text={chat.notice} end={() => Object.assign(chat, { notice: '' })} chat={chat} />}
      <About chat={chat} />
      <form onSubmit={event => [event.preventDefault(), submit(chat, event.currentTarget)]}>
        <label class="tool" title={say('Attach a file')}>
          <Icon name="clip" />
          <input
            class="hid"
            type="file"
            multiple
            aria-label={say('Attach a file')}
            onChange={event => pick(chat, event.currentTarget)}
          />
        </label>
        {'geolocation' in navigator && <Tool icon="pin" name={say('Send my location')} run={() => sayPlace(chat)} />}
        <Words chat={chat} />
        <button type="submit" class="tool send" aria-label={say('Send')} title={say('Send')}>
          <Icon name="send" />
        </button>
      </form>
    </>
  )
}

function Words({ chat }: { chat: Chat }) {
  return (
    <textarea
      rows={1}
      maxLength={10_000}
      placeholder={chat.say('Write a message')}
      aria-label={chat.say('Write a message')}
      defaultValue={chat.kept.draft ?? ''}
      onInput={({ currentTarget: area }) => {
        grow(area)
        chat.kept = {
          ...chat.memory.change(kept => {
            kept.draft = area.value
          }),
          messages: chat.kept.messages,
        }
        typed(chat)
      }}
      onKeyDown={event => {
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing || coarse()) return
        event.preventDefault()
        event.currentTarget.form?.requestSubmit()
      }}
      onPaste={event => {
        const files = [...(event.clipboardData?.files ?? [])]
        if (files.length) event.preventDefault()
        for (const file of files) sayFile(chat, file)
      }}
    />
  )
}

function grow(area: HTMLTextAreaElement): void {
  area.style.height = 'auto'
  area.style.height = `${area.scrollHeight}px`
}

function submit(chat: Chat, form: HTMLFormElement): void {
  const area = form.querySelector('textarea')!
  const text = area.value.trim()
  if (!text) return
  area.value = ''
  chat.memory.change(kept => {
    kept.draft = ''
  })
  sayText(chat, text)
  grow(area)
  area.focus()
}

function pick(chat: Chat, input: HTMLInputElement): void {
  for (const file of input.files ?? []) sayFile(chat, file)
  input.value = ''
}

function About({ chat }: { chat: Chat }) {
  const about = chat.editing ?? chat.replying
  if (!about) return null
  const verb = chat.editing ? chat.say('Edit') : chat.say('Reply')
  return (
    <Bar
      text={`${verb}: ${briefly(about, chat)}`}
      end={() => Object.assign(chat, { editing: undefined, replying: undefined })}
      chat={chat}
    />
  )
}

function Bar({ text, end, chat }: { text: string; end: () => void; chat: Chat }) {
  return (
    <p class="bar" role="status">
      <span>{text}</span>
      <Tool icon="close" name={chat.say('Cancel')} run={() => [end(), chat.draw()]} />
    </p>
  )
}

function Uploads({ chat }: { chat: Chat }) {
  return (
    <>
      {chat.uploads.map(({ id, name, done, failed, stop }) => (
        <p class="bar" key={id}>
          <span class={failed ? 'bad' : ''}>{failed ? `${name}: ${failed}` : name}</span>
          {!failed && <progress value={done} aria-label={name} />}
          <Tool icon="close" name={chat.say('Cancel')} run={stop} />
        </p>
      ))}
    </>
  )
}
