import { useMatch } from '../parts/hooks.ts'
import { t } from '../say.ts'
import type { Desk } from './composer.tsx'
import type { Mode } from './draft.ts'

interface FieldProps {
  field: React.RefObject<HTMLTextAreaElement | null>
  desk: Desk
  mode: Mode
  name: string
}

/** The words: grows to eight lines, Enter sends, Shift+Enter begins a line; on a phone Enter begins a line. */
export function Field({ field, desk, mode, name }: FieldProps) {
  const touch = useMatch('(pointer: coarse)')
  const keys = (event: React.KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    if (touch && !event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    desk.send()
  }
  const paste = (event: React.ClipboardEvent) => {
    if (mode === 'note' || !event.clipboardData.files.length) return
    event.preventDefault()
    desk.add(event.clipboardData.files)
  }
  const hint = mode === 'note' ? t('Note for the team') : t('Answer {name}', { name })
  return (
    <div className="text-box" data-text={desk.text}>
      <textarea
        ref={field}
        rows={1}
        aria-label={hint}
        placeholder={hint}
        value={desk.text}
        onChange={event => desk.write(event.target.value)}
        onKeyDown={keys}
        onPaste={paste}
      />
    </div>
  )
}
