import { useEffect, useRef, useState } from 'react'
import { Icon } from '../parts/icon.tsx'
import { t } from '../say.ts'
import { languageName, matching, standing, type Template } from './template-text.ts'

interface PickerProps {
  templates: readonly Template[]
  choose: (template: Template) => void
}

/** The templates of the channel, to be searched; those that are not approved are seen but cannot be taken. */
export function TemplatePicker({ templates, choose }: PickerProps) {
  const [words, setWords] = useState('')
  const [at, setAt] = useState(0)
  const rows = matching(templates, words)
  const sendable = rows.filter(template => template.status === 'approved')
  const on = sendable[Math.min(at, sendable.length - 1)]
  const keys = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter' && on) choose(on)
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (event.key !== 'Enter' && !step) return
    event.preventDefault()
    setAt(Math.max(0, Math.min(sendable.length - 1, at + step)))
  }
  return (
    <div>
      <div className="template-search">
        <Icon name="search" size="s" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls="templates"
          aria-activedescendant={on && optionId(on)}
          aria-label={t('Search the templates')}
          placeholder={t('Search the templates')}
          value={words}
          onKeyDown={keys}
          onChange={event => {
            setWords(event.target.value)
            setAt(0)
          }}
        />
      </div>
      <div className="template-list" id="templates" role="listbox" aria-label={t('Templates')}>
        {rows.map(template => (
          <Option
            key={optionId(template)}
            template={template}
            on={template === on}
            choose={template.status === 'approved' ? choose : undefined}
          />
        ))}
        {!rows.length && <p className="nothing">{t('No template with these words.')}</p>}
      </div>
    </div>
  )
}

const optionId = ({ name, language }: Template) => `template-${name}-${language}`

interface OptionProps {
  template: Template
  on: boolean
  choose: ((template: Template) => void) | undefined
}

function Option({ template, on, choose }: OptionProps) {
  const { name, body, language, status } = template
  const row = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (on) row.current?.scrollIntoView({ block: 'nearest' })
  }, [on])
  return (
    <button
      ref={row}
      type="button"
      role="option"
      id={optionId(template)}
      className="template-row"
      aria-selected={on}
      aria-disabled={!choose}
      tabIndex={-1}
      onClick={() => choose?.(template)}
    >
      <b className="cut">{name}</b>
      <span className="body cut">{body}</span>
      <span className="dim cut">{status === 'approved' ? languageName(language) : t(standing[status])}</span>
    </button>
  )
}
