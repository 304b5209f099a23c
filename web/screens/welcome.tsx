import { useState } from 'react'
import type { Me } from '../../src/api/shapes.ts'
import { Alert } from '../parts/alert.tsx'
import { Field } from '../parts/field.tsx'
import { useLoad } from '../parts/hooks.ts'
import { reasonOf } from '../parts/toast.tsx'
import { follow, go } from '../route.ts'
import { t } from '../say.ts'
import { serverWords } from '../server-words.ts'
import { post, Refused } from '../state/api.ts'
import { enter } from '../state/session.ts'
import { Languages } from './sign-in.tsx'

interface Invitation {
  email: string
  name: string
  workspace: string
}

/** Where a one-time link leads: the invited person says who they are and chooses a password. */
export function Welcome({ token }: { token: string }) {
  const { value, error } = useLoad(() => post<Invitation>('/session/link', { token }), token)
  return (
    <main className="gate">
      <div>
        {error ? (
          <Spent error={error} />
        ) : value ? (
          <Join invitation={value} token={token} />
        ) : (
          <form aria-busy="true" />
        )}
        <Languages />
      </div>
    </main>
  )
}

function Spent({ error }: { error: unknown }) {
  return (
    <form>
      <h1>{t('This link does not work')}</h1>
      <Alert>{reasonOf(error)}</Alert>
      <p className="help">
        {t('Links work once and not for long. Ask for a new one, or sign in if you have a password.')}
      </p>
      <a className="btn" href="/sign-in" onClick={follow}>
        {t('Sign in')}
      </a>
    </form>
  )
}

function Join({ invitation, token }: { invitation: Invitation; token: string }) {
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = Object.fromEntries(new FormData(event.currentTarget))
    setBusy(true)
    try {
      await enter(await post<Me>('/session/link/use', { token, ...form }))
      go('/', 'replace')
    } catch (e) {
      setError(e)
      setBusy(false)
    }
  }
  return (
    <form onSubmit={event => void submit(event)}>
      <img src="/mark.svg" width="40" height="40" alt="" />
      <h1>{t('Welcome to {workspace}', { workspace: invitation.workspace })}</h1>
      {!!error && !isAtFields(error) && <Alert>{reasonOf(error)}</Alert>}
      <Questions invitation={invitation} error={error} />
      <button type="submit" className="btn main" disabled={busy}>
        {busy && <span className="spin" />}
        {t('Begin')}
      </button>
    </form>
  )
}

/** Then each field says its own fault, and the whole needs no more words. */
const isAtFields = (error: unknown): boolean =>
  error instanceof Refused && !!error.problem.errors?.every(e => asked.has(e.field))
const asked = new Set(['name', 'email', 'password'])

function faultOf(error: unknown, field: string): string | undefined {
  if (!(error instanceof Refused)) return undefined
  const fault = error.problem.errors?.find(e => e.field === field)
  if (fault) return serverWords(fault.message)
  return error.problem.field === field ? reasonOf(error) : undefined
}

function Questions({ invitation, error }: { invitation: Invitation; error: unknown }) {
  const fault = (field: string) => faultOf(error, field)
  return (
    <>
      <Field
        label={t('Your name')}
        name="name"
        defaultValue={invitation.name}
        error={fault('name')}
        help={t('Customers may see it.')}
        required
        autoComplete="name"
      />
      <Field
        label={t('E-mail')}
        name="email"
        type="email"
        defaultValue={invitation.email}
        error={fault('email')}
        required
        autoComplete="username"
      />
      <Field
        label={t('Password')}
        name="password"
        type="password"
        minLength={10}
        error={fault('password')}
        help={t('At least 10 characters.')}
        required
        autoComplete="new-password"
      />
    </>
  )
}
