import { Modal } from '@mantine/core'
import { useState } from 'react'
import { Alert } from '../parts/alert.tsx'
import { Field } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { reasonOf, toast } from '../parts/toast.tsx'
import { locale, t } from '../say.ts'
import { readTemplates } from '../state/act.ts'
import { post } from '../state/api.ts'
import { faultOf } from './filled.ts'

/** Writing a new text and handing it in; the messenger's word on it comes later. */
export function TemplateDraft({ channelId }: { channelId: string }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="btn" style={{ justifySelf: 'start' }} onClick={() => setOpen(true)}>
        <Icon name="plus" /> {t('Write a template')}
      </button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={t('Write a template')}
        closeButtonProps={{ 'aria-label': t('Close window') }}
      >
        <Draft channelId={channelId} close={() => setOpen(false)} />
      </Modal>
    </>
  )
}

/** The numbers of its places, each once. */
const placesOf = (body: string): number[] =>
  [...new Set([...body.matchAll(/\{\{(\d+)\}\}/g)].map(match => Number(match[1])))].sort((a, b) => a - b)

/** As the network takes names: `Order ready!` is `order_ready`. Letters that it does not know are left for it to refuse. */
const nameOf = (written: string): string =>
  written
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/^_+|_+$/g, '')

function draftOf(form: FormData, body: string) {
  const said = (name: string) => String(form.get(name) ?? '').trim()
  return {
    name: nameOf(said('name')),
    language: said('language').replace('-', '_'),
    category: said('category'),
    body,
    examples: placesOf(body).map(n => said(`example ${n}`)),
  }
}

function Draft({ channelId, close }: { channelId: string; close: () => void }) {
  const [body, setBody] = useState('')
  const [{ busy, error }, setDoing] = useState<{ busy?: true; error?: unknown }>({})
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    event.stopPropagation() // the dialog lies within the form of the channel
    const draft = draftOf(new FormData(event.currentTarget), body)
    setDoing({ busy: true })
    try {
      await post(`/channels/${channelId}/templates`, draft)
      await readTemplates(channelId)
      toast(t('Sent for approval. The answer will appear in this list.'))
      close()
    } catch (e) {
      setDoing({ error: e })
    }
  }
  return (
    <form className="form" style={{ padding: 0 }} onSubmit={event => void submit(event)}>
      {!!error && !faultOf(error, 'name') && !faultOf(error, 'language') && <Alert>{reasonOf(error)}</Alert>}
      <Naming error={error} />
      <Category />
      <label className="field">
        <b>{t('Text')}</b>
        <span className="fld">
          <textarea rows={4} required maxLength={1024} value={body} onChange={e => setBody(e.target.value)} />
        </span>
        <span className="help">{t('Places to be filled in are numbered: {example}', { example: '{{1}}, {{2}}' })}</span>
      </label>
      {placesOf(body).map(n => (
        <Field key={n} label={t('Example for {place}', { place: `{{${n}}}` })} name={`example ${n}`} required />
      ))}
      <div className="dialog-actions">
        <button type="submit" className="btn main" disabled={busy}>
          {busy && <span className="spin" />}
          {t('Send for approval')}
        </button>
      </div>
    </form>
  )
}

const Naming = ({ error }: { error: unknown }) => (
  <>
    <Field
      label={t('Name')}
      name="name"
      required
      data-autofocus
      maxLength={512}
      placeholder="order_ready"
      help={t('Only small Latin letters, digits and underscores.')}
      error={faultOf(error, 'name')}
    />
    <Field
      label={t('Language')}
      name="language"
      required
      defaultValue={locale()}
      help={t('A code like en, en_US or fi.')}
      error={faultOf(error, 'language')}
    />
  </>
)

const Category = () => (
  <label className="field">
    <b>{t('Kind')}</b>
    <span className="fld">
      <select name="category">
        <option value="utility">{t('About an order or an appointment')}</option>
        <option value="marketing">{t('News and offers')}</option>
      </select>
    </span>
  </label>
)
