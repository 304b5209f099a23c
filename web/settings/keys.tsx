import { useState } from 'react'
import { CopyField, Field } from '../parts/field.tsx'
import { useLoad } from '../parts/hooks.ts'
import { Icon } from '../parts/icon.tsx'
import { attempt, reasonOf } from '../parts/toast.tsx'
import { t } from '../say.ts'
import { ask, post } from '../state/api.ts'
import { ago, shortDate } from '../time.ts'
import { PageHead } from './head.tsx'

interface ApiKey {
  id: string
  name: string
  hint: string
  createdAt: string
  usedAt: string | null
}

/** Keys for programs that use the API. */
export function ApiKeys() {
  const { value, error, again } = useLoad(() => ask<{ items: ApiKey[] }>('/api-keys'), 'keys')
  const [made, setMade] = useState<{ name: string; key: string }>()
  const revoke = (id: string) =>
    attempt(async () => {
      await ask(`/api-keys/${id}`, { method: 'DELETE' })
      again()
    })
  return (
    <div className="page">
      <PageHead title={t('API keys')}>
        <a className="text-link" href="/api/v1/openapi.json" target="_blank" rel="noreferrer">
          {t('Description of the API')}
        </a>
      </PageHead>
      <div className="narrow">
        {made && (
          <div className="secret-once" role="status">
            <CopyField label={made.name} value={made.key} />
            <span className="help">{t('Copy it now: it is shown only once.')}</span>
          </div>
        )}
        {error !== undefined && <p className="alert">{reasonOf(error)}</p>}
        <div className="tbl lines">
          {value?.items.map(key => (
            <KeyLine key={key.id} apiKey={key} revoke={() => void revoke(key.id)} />
          ))}
          {value?.items.length === 0 && (
            <p className="dim">{t('No keys yet. Make one for each program that talks to Parley.')}</p>
          )}
        </div>
        <NewKey
          done={key => {
            setMade(key)
            again()
          }}
        />
      </div>
    </div>
  )
}

function KeyLine({ apiKey: key, revoke }: { apiKey: ApiKey; revoke: () => void }) {
  const [sure, setSure] = useState(false)
  return (
    <div>
      <Icon name="key" />
      <span className="grow">
        <b className="cut" style={{ display: 'block' }}>
          {key.name} <span className="dim num">{key.hint}</span>
        </b>
        <small>
          {t('made {date}', { date: shortDate(key.createdAt) })},{' '}
          {key.usedAt ? t('used {ago}', { ago: ago(key.usedAt) }) : t('never used')}
        </small>
      </span>
      <button
        type="button"
        className="btn danger"
        onClick={() => (sure ? revoke() : setSure(true))}
        onBlur={() => setSure(false)}
      >
        {sure ? t('Programs with it stop. Revoke') : t('Revoke')}
      </button>
    </div>
  )
}

function NewKey({ done }: { done: (key: { name: string; key: string }) => void }) {
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const name = String(new FormData(form).get('name')).trim()
    await attempt(async () => {
      done(await post<{ name: string; key: string }>('/api-keys', { name }))
      form.reset()
    })
  }
  return (
    <>
      <h2>{t('A new key')}</h2>
      <form className="tbl inline-form" onSubmit={event => void submit(event)}>
        <Field label={t('For what?')} name="name" required placeholder={t('Till, web shop, reports…')} />
        <button type="submit" className="btn main" style={{ height: 36 }}>
          {t('Make a key')}
        </button>
      </form>
    </>
  )
}
