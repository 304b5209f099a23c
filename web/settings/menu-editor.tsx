import { useId, useState } from 'react'
import type { MenuLimits } from '../../src/domain/menu.ts'
import { Icon } from '../parts/icon.tsx'
import { t } from '../say.ts'
import { type Draft, draftOf, faultsOf, menuOfDraft } from './menu-draft.ts'
import { EntryRow } from './menu-entry.tsx'
import { MenuLook } from './menu-look.tsx'
import { MenuPreview } from './menu-preview.tsx'

interface MenuEditorProps {
  name: string
  label: string
  help: string | undefined
  error: string | undefined
  limits: MenuLimits
  /** The setting as it stands. */
  value: string | undefined
}

/** A menu under the chat: its entries, how it will look, and what is wrong before anything is saved. */
export function MenuEditor({ name, label, help, error, limits, value }: MenuEditorProps) {
  const id = useId()
  const [draft, setDraft] = useState(() => draftOf(value, limits))
  const [touched, setTouched] = useState(false)
  const change = (fields: Partial<Draft>) => {
    setTouched(true)
    setDraft({ ...draft, ...fields })
  }
  const { entries } = draft
  const faults = touched ? faultsOf(draft, limits) : new Map<string, string>()
  const add = () => change({ entries: [...entries, { key: Math.max(-1, ...entries.map(e => e.key)) + 1, label: '' }] })
  const whole = error ?? faults.get('entries')
  return (
    <fieldset className="field menu-edit" aria-describedby={id}>
      <legend className="strong">{label}</legend>
      <input type="hidden" name={name} value={touched ? JSON.stringify(menuOfDraft(draft)) : (value ?? '')} />
      <span id={id} className={whole ? 'help bad' : 'help'} role={whole ? 'alert' : undefined}>
        {whole ?? help}
      </span>
      {entries.length > 0 && (
        <ol>
          {entries.map((row, at) => (
            <EntryRow
              key={row.key}
              at={at}
              row={row}
              faults={faults}
              limits={limits}
              entries={entries}
              change={change}
            />
          ))}
        </ol>
      )}
      <div className="menu-add">
        <button type="button" className="btn" disabled={entries.length >= limits.most} onClick={add}>
          <Icon name="plus" />
          {t('Add entry')}
        </button>
        <span className="dim meta-text num">{t('{n} of {max}', { n: entries.length, max: limits.most })}</span>
      </div>
      {entries.length > 0 && limits.shape === 'picture' && (
        <MenuLook draft={draft} limits={limits} faults={faults} change={change} />
      )}
      {entries.length > 0 && <MenuPreview menu={menuOfDraft(draft)} limits={limits} />}
    </fieldset>
  )
}
