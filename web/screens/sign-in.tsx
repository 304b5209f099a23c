import { useState } from 'react'
import { Alert } from '../parts/alert.tsx'
import { Field } from '../parts/field.tsx'
import { reasonOf } from '../parts/toast.tsx'
import { locale, localeNames, locales, t } from '../say.ts'
import { chooseLocale, signIn } from '../state/session.ts'

/** Sign-in by e-mail and password. */
export function SignIn() {
  const [error, setError] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setError('')
    await signIn(String(form.get('email')), String(form.get('password'))).catch(e => setError(reasonOf(e)))
    setBusy(false)
  }
  return (
    <main className="gate">
      <div>
        <form onSubmit={event => void submit(event)}>
          <img src="/mark.svg" width="40" height="40" alt="" />
          <h1>{t('Sign in to Parley')}</h1>
          {error && <Alert>{error}</Alert>}
          <Field label={t('E-mail')} name="email" type="email" autoComplete="username" required />
          <Field label={t('Password')} name="password" type="password" autoComplete="current-password" required />
          <button type="submit" className="btn main" disabled={busy}>
            {busy && <span className="spin" />}
            {t('Sign in')}
          </button>
          <p className="help">{t('Forgotten? Ask a colleague who is an owner for a new link.')}</p>
        </form>
        <Languages />
      </div>
    </main>
  )
}

export function Languages() {
  return (
    <div className="langs">
      {locales.map(one => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-pressed={one === locale()}
          onClick={() => void chooseLocale(one)}
        >
          {localeNames[one]}
        </button>
      ))}
    </div>
  )
}
