import { useRef } from 'react'
import type { Capabilities } from '../../src/domain/capabilities.ts'
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
        accept={can && accepted(can)}
        onChange={event => {
          desk.add(event.target.files ?? [])
          event.target.value = ''
        }}
      />
    </>
  )
}

/** Where only some kinds of files are taken, the browser offers only these. */
function accepted({ media }: Capabilities): string | undefined {
  if (media.file && !media.file.mimes) return undefined
  const rooms = Object.entries(media)
  return rooms.flatMap(([type, room]) => room.mimes ?? (type === 'file' ? [] : `${type}/*`)).join(',')
}

/** Where there are no buttons they become a numbered list, which would be odd for all to read. */
function Offer({ desk }: { desk: Desk }) {
  const can = useCan(desk.id)
  if (can?.public && !can.choices) return null
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
