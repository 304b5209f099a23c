import { useRef } from 'react'
import { Icon } from '../parts/icon.tsx'
import { t } from '../say.ts'
import { useCan } from './can.ts'
import type { Desk } from './composer.tsx'
import { Recorder } from './composer-voice.tsx'
import type { Mode } from './draft.ts'
import { EmojiButton } from './emoji.tsx'

interface BottomProps {
  desk: Desk
  mode: Mode
  field: React.RefObject<HTMLTextAreaElement | null>
}

/** The tools and the button that sends. */
export function Bottom({ desk, mode, field }: BottomProps) {
  const insert = (emoji: string) => {
    const at = field.current?.selectionStart ?? desk.text.length
    desk.write(desk.text.slice(0, at) + emoji + desk.text.slice(field.current?.selectionEnd ?? at))
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(at + emoji.length, at + emoji.length)
    })
  }
  return (
    <div className="cbar">
      {mode === 'message' && <Attach desk={desk} />}
      <EmojiButton choose={insert} />
      {mode === 'message' && <Offer desk={desk} />}
      {mode === 'message' && <Recorder record={(file, seconds) => desk.add([file], { seconds })} id={desk.id} />}
      <i className="grow" />
      <button type="button" className="btn main send" disabled={!desk.maySend} onClick={desk.send}>
        {mode === 'note' ? t('Add note') : t('Send')}
        <kbd>↵</kbd>
      </button>
    </div>
  )
}

function Attach({ desk }: { desk: Desk }) {
  const input = useRef<HTMLInputElement>(null)
  const can = useCan(desk.id)
  if (can && !Object.keys(can.media).length) return null
  return (
    <>
      <button
        type="button"
        className="tool"
        aria-label={t('Attach files')}
        title={t('Attach files')}
        onClick={() => input.current?.click()}
      >
        <Icon name="clip" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={event => {
          desk.add(event.target.files ?? [])
          event.target.value = ''
        }}
      />
    </>
  )
}

function Offer({ desk }: { desk: Desk }) {
  return (
    <button
      type="button"
      className={desk.offering ? 'tool on' : 'tool'}
      aria-label={t('Offer buttons')}
      title={t('Offer buttons')}
      aria-pressed={desk.offering}
      onClick={() => (desk.offering ? desk.stopOffering() : desk.setOffering(true))}
    >
      <Icon name="grid" />
    </button>
  )
}
