import { useState } from 'react'
import type { Conversation } from '../../src/api/shapes.ts'
import { Field } from '../parts/field.tsx'
import { useKept } from '../parts/hooks.ts'
import { t } from '../say.ts'
import { say } from '../state/act.ts'
import { useWorld } from '../state/store.ts'

/** Outside the window only a template approved by the network may go. */
export function TemplateForm({ conversation: c }: { conversation: Conversation }) {
  const [language, keepLanguage] = useKept('parley.template.language', document.documentElement.lang)
  const [values, setValues] = useState<string[]>([])
  const send = (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const name = String(form.get('template')).trim()
    say(c.id, 'message', { parts: [{ type: 'template', name, language, values: values.map(v => v.trim()) }] })
  }
  return (
    <form className="closed-window" onSubmit={send}>
      <p>
        {t('Until {name} writes again, only a template that the network approved may be sent.', {
          name: c.contact.name,
        })}
      </p>
      <Which channelId={c.channelId} language={language} keepLanguage={keepLanguage} />
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

interface WhichProps {
  channelId: string
  language: string
  keepLanguage: (language: string) => void
}

function Which({ channelId, language, keepLanguage }: WhichProps) {
  const known = useKnownTemplates(channelId)
  return (
    <div className="row" style={{ alignItems: 'end', flexWrap: 'wrap' }}>
      <div className="grow" style={{ minWidth: 160 }}>
        <Field label={t('Template')} name="template" list="templates" required autoComplete="off" />
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
      <datalist id="templates">
        {known.map(name => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
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

/** Templates that were sent on this channel before, as far as they are loaded. */
function useKnownTemplates(channelId: string): string[] {
  return useWorld(w => {
    const names = Object.entries(w.threads).flatMap(([id, thread]) =>
      w.conversations[id]?.channelId === channelId
        ? thread.items.flatMap(item =>
            item.type === 'message' ? item.message.parts.flatMap(p => (p.type === 'template' ? [p.name] : [])) : [],
          )
        : [],
    )
    return [...new Set(names)]
  })
}
