import { useState } from 'react'
import type { Conversation } from '../../src/api/shapes.ts'
import { Field } from '../parts/field.tsx'
import { useKept } from '../parts/hooks.ts'
import { t } from '../say.ts'
import { say } from '../state/act.ts'

/** A template that Parley has no list of: name, language and values as the network knows them. */
export function TemplateByHand({ conversation: c }: { conversation: Conversation }) {
  const [language, keepLanguage] = useKept('parley.template.language', document.documentElement.lang)
  const [values, setValues] = useState<string[]>([])
  const send = (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('template')).trim()
    say(c.id, 'message', { parts: [{ type: 'template', name, language, values: values.map(v => v.trim()) }] })
    event.currentTarget.reset()
    setValues([])
  }
  return (
    <form className="filling" onSubmit={send}>
      <div className="row" style={{ alignItems: 'end', flexWrap: 'wrap' }}>
        <div className="grow" style={{ minWidth: 160 }}>
          <Field label={t('Template')} name="template" required autoComplete="off" />
        </div>
        <div style={{ width: 96 }}>
          <Field
            label={t('Language')}
            value={language}
            onChange={event => keepLanguage(event.target.value)}
            required
            minLength={2}
          />
        </div>
      </div>
      <Values values={values} change={setValues} />
      <div className="row">
        <button type="button" className="text-link" onClick={() => setValues([...values, ''])}>
          {t('Add a value')}
        </button>
        <i className="grow" />
        <button type="submit" className="btn main send">
          {t('Send the template')}
        </button>
      </div>
    </form>
  )
}

function Values({ values, change }: { values: string[]; change: (values: string[]) => void }) {
  return values.map((value, i) => {
    const n = i + 1
    return (
      <Field
        key={n}
        label={t('Value {n}', { n })}
        value={value}
        required
        onChange={event => change(values.with(i, event.target.value))}
        aside={
          <button type="button" className="text-link" onClick={() => change(values.toSpliced(i, 1))}>
            {t('Remove')}
          </button>
        }
      />
    )
  })
}
