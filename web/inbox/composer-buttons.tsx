import { useState } from 'react'
import { focusAtOnce } from '../parts/hooks.ts'
import { Icon } from '../parts/icon.tsx'
import { t } from '../say.ts'

interface ButtonsProps {
  labels: string[]
  change: (labels: string[]) => void
  close: () => void
}

/** Answers to choose from, offered under the words. */
export function Buttons({ labels, change, close }: ButtonsProps) {
  const [word, setWord] = useState('')
  const add = () => {
    const label = word.trim()
    if (label && !labels.includes(label)) change([...labels, label])
    setWord('')
  }
  const keys = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter' || (event.key === ',' && word.trim())) {
      event.preventDefault()
      add()
    }
    if (event.key === 'Backspace' && !word && labels.length) change(labels.slice(0, -1))
  }
  return (
    <div className="btns">
      {labels.map(label => (
        <span className="chip" key={label}>
          {label}
          <button
            type="button"
            aria-label={t('Remove {name}', { name: label })}
            onClick={() => change(labels.filter(one => one !== label))}
          >
            <Icon name="x" size="s" />
          </button>
        </span>
      ))}
      <input
        ref={focusAtOnce}
        aria-label={t('Text of a button')}
        placeholder={t('Button, then Enter')}
        maxLength={250}
        value={word}
        onChange={event => setWord(event.target.value)}
        onKeyDown={keys}
        onBlur={add}
      />
      <button type="button" className="tool sm" aria-label={t('Offer no buttons')} onClick={close}>
        <Icon name="trash" size="s" />
      </button>
    </div>
  )
}
