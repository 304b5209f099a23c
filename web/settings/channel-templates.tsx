import { useState } from 'react'
import { filled, languageName, standing, type Template } from '../inbox/template-text.ts'
import { useTemplates } from '../inbox/templates.ts'
import { Icon } from '../parts/icon.tsx'
import { attempt } from '../parts/toast.tsx'
import { t } from '../say.ts'
import { readTemplates } from '../state/act.ts'
import { TemplateDraft } from './template-draft.tsx'
import '../style/template.css'

/** The texts this messenger has to approve, as it listed them last, each with the places that are filled in. */
export function ChannelTemplates({ channelId, creates }: { channelId: string; creates: boolean }) {
  const templates = useTemplates(channelId)
  const [busy, setBusy] = useState(false)
  const again = async () => {
    setBusy(true)
    await attempt(() => readTemplates(channelId, 'fresh'))
    setBusy(false)
  }
  return (
    <section className="field" aria-label={t('Templates')}>
      <div className="template-head">
        <b>{t('Templates')}</b>
        <button type="button" className="text-link" disabled={busy} onClick={() => void again()}>
          {busy ? <span className="spin" /> : <Icon name="repeat" size="s" />} {t('Ask the messenger again')}
        </button>
      </div>
      {templates === null && <p className="help">{t('The list could not be had.')}</p>}
      {templates?.length === 0 && (
        <p className="help">
          {creates ? t('There are none yet.') : t('There are none yet. They are written at the messenger.')}
        </p>
      )}
      {creates && <TemplateDraft channelId={channelId} />}
      <ul className="template-shelf">
        {templates?.map(template => (
          <Shown key={`${template.name} ${template.language}`} template={template} />
        ))}
      </ul>
    </section>
  )
}

function Shown({ template: { name, language, status, body } }: { template: Template }) {
  return (
    <li>
      <b>{name}</b>
      <span className={status === 'approved' ? 'dim' : 'warn'}>
        {status === 'approved' ? languageName(language) : `${languageName(language)}, ${t(standing[status])}`}
      </span>
      <p>
        {filled(body, []).map((piece, i) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no other name, and never move
          piece.value ? <mark key={i}>{piece.text}</mark> : <span key={i}>{piece.text}</span>,
        )}
      </p>
    </li>
  )
}
