import { useEffect, useState } from 'react'
import type { Channel } from '../../src/api/shapes.ts'
import { Mark } from '../parts/icon.tsx'
import { reasonOf } from '../parts/toast.tsx'
import { go } from '../route.ts'
import { t } from '../say.ts'
import { readChannels } from '../state/act.ts'
import { post } from '../state/api.ts'
import type { ChannelKind } from '../state/store.ts'
import { SchemaFields, settingsOf } from './schema-fields.tsx'

/** The short way: your application's keys, then a sign-in at the provider, which brings the rest. */
export function SignInForm({ kind, byHand }: { kind: ChannelKind; byHand: () => void }) {
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  if (!kind.signIn) return null
  const { at, needs } = kind.signIn
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setBusy(true)
    try {
      const settings = settingsOf(event.currentTarget, kind)
      const begun = await post<{ address: string }>('/sign-ins', {
        kind: kind.kind,
        settings,
      })
      location.assign(begun.address)
    } catch (e) {
      setError(e)
      setBusy(false)
    }
  }
  return (
    <form className="form sign-in-way" onSubmit={event => void submit(event)}>
      {!!error && <Alert>{reasonOf(error)}</Alert>}
      <SchemaFields kind={kind} error={error} only={needs} />
      <button type="submit" className="btn main" style={{ justifySelf: 'start' }} disabled={busy}>
        {busy && <span className="spin" />}
        {t('Sign in at {provider}', { provider: at })}
      </button>
      <button type="button" className="text-link" style={{ justifySelf: 'start' }} onClick={byHand}>
        {t('Fill in everything by hand')}
      </button>
    </form>
  )
}

type Found = { kind: string; accounts: string[] }

/** Where the provider sends the browser back to: which accounts shall be connected? */
export function SignInBack() {
  const [{ found, error }, setState] = useState<{ found?: Found; error?: unknown }>({})
  const query = new URLSearchParams(location.search)
  const [state, code] = [query.get('state'), query.get('code')]
  const refused = query.get('error_description') ?? query.get('error')
  useEffect(() => {
    if (!state || !code) return
    post<Found>('/sign-ins/finish', { state, code }).then(
      found => setState({ found }),
      error => setState({ error }),
    )
  }, [state, code])
  if (state && found) return <Accounts state={state} found={found} />
  if (state && code && !refused && !error)
    return (
      <div className="form">
        <span className="spin" />
      </div>
    )
  const why = error ? reasonOf(error) : (refused ?? t('The messenger sent nothing back. Begin again.'))
  return (
    <div className="form">
      <Alert>{why}</Alert>
      <button type="button" className="btn" onClick={() => go('/settings/messengers/connect', 'replace')}>
        {t('Begin again')}
      </button>
    </div>
  )
}

const Alert = ({ children }: { children: React.ReactNode }) => (
  <p className="alert" role="alert">
    {children}
  </p>
)

function Accounts({ state, found }: { state: string; found: Found }) {
  const [{ busy, error }, setDoing] = useState<{ busy?: true; error?: unknown }>({})
  const connect = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const accounts = new FormData(event.currentTarget).getAll('account').map(Number)
    setDoing({ busy: true })
    try {
      const { items } = await post<{ items: Channel[] }>('/sign-ins/connect', { state, accounts })
      await readChannels()
      go(`/settings/messengers/${items[0]!.id}`, 'replace')
    } catch (error) {
      setDoing({ error })
    }
  }
  return (
    <form style={{ display: 'contents' }} onSubmit={event => void connect(event)}>
      <div className="form">
        {!!error && <Alert>{reasonOf(error)}</Alert>}
        <p className="help">
          {found.accounts.length ? t('Choose what to connect.') : t('Nothing was found that could be connected.')}
        </p>
        {found.accounts.map((name, n) => (
          <label key={name} className="check-line">
            <input type="checkbox" name="account" value={n} defaultChecked={found.accounts.length === 1} />
            <Mark kind={found.kind} />
            <b className="cut">{name}</b>
          </label>
        ))}
      </div>
      <div className="foot">
        <i className="grow" />
        <button type="submit" className="btn main" disabled={busy || !found.accounts.length}>
          {busy && <span className="spin" />}
          {t('Connect')}
        </button>
      </div>
    </form>
  )
}
