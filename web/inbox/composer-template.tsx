import { useState } from 'react'
import type { Conversation } from '../../src/api/shapes.ts'
import { Field } from '../parts/field.tsx'
import { t } from '../say.ts'
import { readTemplates, say } from '../state/act.ts'
import { TemplateByHand } from './composer-template-hand.tsx'
import { TemplatePicker } from './composer-template-pick.tsx'
import { filled, languageName, type Template } from './template-text.ts'
import { useTemplates } from './templates.ts'

/** Outside the window only a template approved by the network may go. */
export function TemplateForm({ conversation: c }: { conversation: Conversation }) {
  const templates = useTemplates(c.channelId)
  const [chosen, choose] = useState<Template>()
  return (
    <div className="closed-window">
      {chosen ? (
        <Filling conversation={c} template={chosen} back={() => choose(undefined)} />
      ) : (
        <>
          <p>
            {t('Until {name} writes again, only a template that the network approved may be sent.', {
              name: c.contact.name,
            })}
          </p>
          {templates === undefined && <Ghosts />}
          {templates && templates.length > 0 && <TemplatePicker templates={templates} choose={choose} />}
          {(templates === null || templates?.length === 0) && <Without conversation={c} lost={templates === null} />}
        </>
      )}
    </div>
  )
}

interface FillingProps {
  conversation: Conversation
  template: Template
  back: () => void
}

/** One field for each value; above them the words as the customer will read them. */
function Filling({ conversation: c, template, back }: FillingProps) {
  const { name, language } = template
  const [values, setValues] = useState<string[]>(() => Array<string>(template.values).fill(''))
  const send = (event: React.FormEvent) => {
    event.preventDefault()
    say(c.id, 'message', { parts: [{ type: 'template', name, language, values: values.map(v => v.trim()) }] })
    back()
  }
  return (
    <form className="filling" onSubmit={send}>
      <div className="row">
        <b className="cut">{name}</b>
        <span className="dim cut grow">{languageName(language)}</span>
        <button type="button" className="text-link" onClick={back}>
          {t('Choose another')}
        </button>
      </div>
      <TemplateWords body={template.body} values={values} className="preview" />
      {values.length > 0 && (
        <div className="values">
          {values.map((value, i) => {
            const n = i + 1
            return (
              <Field
                key={n}
                label={t('Value {n}', { n })}
                value={value}
                required
                autoFocus={n === 1}
                autoComplete="off"
                onChange={event => setValues(values.with(i, event.target.value))}
              />
            )
          })}
        </div>
      )}
      <div className="row">
        <i className="grow" />
        <button type="submit" className="btn main send" disabled={values.some(value => !value.trim())}>
          {t('Send the template')}
        </button>
      </div>
    </form>
  )
}

interface WordsProps {
  body: string
  values: readonly string[]
  className?: string
}

/** The words of a template with its values in place. */
export function TemplateWords({ body, values, className = '' }: WordsProps) {
  let at = 0
  return (
    <p className={`template-words ${className}`}>
      {filled(body, values).map(({ text, value }) => {
        at += 1
        if (!value) return <span key={at}>{text}</span>
        return (
          <span key={at} className={values[value - 1]?.trim() ? 'value' : 'value open'}>
            {text}
          </span>
        )
      })}
    </p>
  )
}

/** No list: why, and the way by hand. */
function Without({ conversation: c, lost }: { conversation: Conversation; lost: boolean }) {
  return (
    <>
      <p className="help row">
        <span className="grow">
          {lost
            ? t('The list of templates could not be had from the messenger. Type the name of one.')
            : t('The messenger lists no templates for this channel. Type the name of one that you know.')}
        </span>
        <button type="button" className="text-link" onClick={() => void readTemplates(c.channelId)}>
          {t('Ask again')}
        </button>
      </p>
      <TemplateByHand conversation={c} />
    </>
  )
}

function Ghosts() {
  return (
    <div className="template-list" aria-busy="true">
      {[62, 48, 70].map(width => (
        <div key={width} className="template-row">
          <span className="ghost-line" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  )
}
