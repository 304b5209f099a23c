import { type InputHTMLAttributes, useId, useState } from 'react'
import { t } from '../say.ts'
import { Icon } from './icon.tsx'
import { toast } from './toast.tsx'

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string
  help?: React.ReactNode
  aside?: React.ReactNode
  error?: string | undefined
}

/** A labelled line to write in; passwords and secrets can be shown. */
export function Field({ label, help, aside, error, type = 'text', ...input }: FieldProps) {
  const id = useId()
  const [shown, setShown] = useState(false)
  const secret = type === 'password'
  const described = error || help ? `${id}-help` : undefined
  return (
    <div className="field">
      <b>
        <label htmlFor={id}>{label}</label>
        {aside && <span>{aside}</span>}
      </b>
      <span className={error ? 'fld bad' : 'fld'}>
        <input
          id={id}
          type={secret && shown ? 'text' : type}
          aria-describedby={described}
          aria-invalid={!!error}
          {...input}
        />
        {secret && (
          <button
            type="button"
            className="tool"
            aria-label={shown ? t('Hide') : t('Show')}
            onClick={() => setShown(!shown)}
          >
            <Icon name="eye" />
          </button>
        )}
      </span>
      {(error || help) && (
        <span id={described} className={error ? 'help bad' : 'help'} role={error ? 'alert' : undefined}>
          {error ?? help}
        </span>
      )}
    </div>
  )
}

/** Something to be copied: an address, a key. */
export function CopyField({ label, value, aside }: { label: string; value: string; aside?: React.ReactNode }) {
  const copy = async () => {
    await navigator.clipboard.writeText(value)
    toast(t('Copied'))
  }
  return (
    <div className="field">
      <b>
        {label}
        {aside && <span className="dim meta-text">{aside}</span>}
      </b>
      <span className="fld ro">
        <code className="grow cut">{value}</code>
        <button type="button" className="tool" aria-label={t('Copy')} onClick={() => void copy()}>
          <Icon name="copy" />
        </button>
      </span>
    </div>
  )
}

/** One of a few: theme, language. */
export function Pick<T extends string>({ label, value, options, choose }: PickProps<T>) {
  return (
    <fieldset className="field" style={{ border: 0, padding: 0, justifyItems: 'start' }}>
      <legend className="strong" style={{ padding: 0, paddingBottom: 4 }}>
        {label}
      </legend>
      <span className="pick">
        {options.map(([option, name]) => (
          <button key={option} type="button" aria-pressed={option === value} onClick={() => choose(option)}>
            {name}
          </button>
        ))}
      </span>
    </fieldset>
  )
}

interface PickProps<T extends string> {
  label: string
  value: T
  options: readonly (readonly [T, string])[]
  choose: (value: T) => void
}
