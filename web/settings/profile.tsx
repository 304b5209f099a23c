import type { Me } from '../../src/api/shapes.ts'
import { Field, Pick } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { attempt, toast } from '../parts/toast.tsx'
import { type Locale, locale, localeNames, locales, t } from '../say.ts'
import { ask } from '../state/api.ts'
import { chooseLocale, leave } from '../state/session.ts'
import { set, useWorld } from '../state/store.ts'
import { applyTheme, type Theme, useTheme } from '../theme.ts'
import { PageHead } from './head.tsx'

const save = async (part: { name?: string; locale?: string; theme?: string }) =>
  set({ me: await ask<Me>('/me', { method: 'PATCH', body: part }) })

/** One's own name, language and look. */
export function Profile() {
  const me = useWorld(w => w.me)
  const theme = useTheme()
  const speak = (to: Locale) =>
    void attempt(async () => {
      await chooseLocale(to)
      await save({ locale: to })
    })
  const look = (to: Theme) => {
    applyTheme(to)
    void attempt(() => save({ theme: to }))
  }
  return (
    <div className="page">
      <PageHead title={t('Profile')} />
      {me && (
        <div className="narrow" style={{ display: 'grid', gap: 24 }}>
          <Name me={me} />
          <Pick
            label={t('Language')}
            value={locale()}
            options={locales.map(one => [one, localeNames[one]] as const)}
            choose={speak}
          />
          <Pick
            label={t('Look')}
            value={theme}
            options={[
              ['light', t('Light')],
              ['dark', t('Dark')],
              ['system', t('As the system')],
            ]}
            choose={look}
          />
          <button type="button" className="btn" style={{ justifySelf: 'start' }} onClick={() => void attempt(leave)}>
            <Icon name="out" />
            {t('Sign out')}
          </button>
        </div>
      )}
    </div>
  )
}

function Name({ me }: { me: Me }) {
  const submit = (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name')).trim()
    void attempt(async () => {
      await save({ name })
      toast(t('Saved'))
    })
  }
  return (
    <form className="tbl inline-form" onSubmit={submit}>
      <Field label={t('Your name')} name="name" defaultValue={me.name} required help={me.email} />
      <button type="submit" className="btn main" style={{ height: 36, marginBottom: 20 }}>
        {t('Save')}
      </button>
    </form>
  )
}
