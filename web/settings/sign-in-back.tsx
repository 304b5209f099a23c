import { useEffect, useRef, useState } from 'react'
import type { Channel } from '../../src/api/shapes.ts'
import { Alert } from '../parts/alert.tsx'
import { Mark } from '../parts/icon.tsx'
import { reasonOf, toast } from '../parts/toast.tsx'
import { go } from '../route.ts'
import { t } from '../say.ts'
import { readChannels } from '../state/act.ts'
import { post, Refused } from '../state/api.ts'
import { begunFrom } from './sign-in.tsx'

interface Found {
  kind: string
  accounts: string[]
  channelId: string | null
  own: number | null
}

/** Where the provider sends the browser back to: which accounts shall be connected? */
export function SignInBack() {
  const [{ found, error }, setState] = useState<{ found?: Found; error?: unknown }>({})
  const query = new URLSearchParams(location.search)
  const [state, code] = [query.get('state'), query.get('code')]
  const refused = refusalIn(query)
  useEffect(() => {
    if (!state || !code) return
    post<Found>('/sign-ins/finish', { state, code }).then(
      found => setState({ found }),
      error => setState({ error }),
    )
  }, [state, code])
  if (state && found) return <Answer state={state} found={found} />
  if (state && code && !refused && !error) return <Wait />
  return <Failed why={error ? wordsOf(error) : (refused ?? t('The messenger sent nothing back. Begin again.'))} />
}

const Wait = () => (
  <div className="form">
    <span className="spin" />
  </div>
)

function Failed({ why }: { why: string }) {
  return (
    <div className="form">
      <Alert>{why}</Alert>
      <button type="button" className="btn" style={{ justifySelf: 'start' }} onClick={() => go(begunFrom(), 'replace')}>
        {t('Begin again')}
      </button>
    </div>
  )
}

/** What the provider says when nobody agreed (RFC 6749, 4.1.2.1), in plain words where we have some. */
function refusalIn(query: URLSearchParams): string | undefined {
  const error = query.get('error')
  const said = query.get('error_description')
  if (error !== 'access_denied') return said ?? error ?? undefined
  const plain = t('It was not agreed to at the provider, so nothing was changed.')
  // Microsoft says so too where an administrator of the organisation has to agree first.
  return said && /admin/i.test(said) ? `${plain} ${said}` : plain
}

const wordsOf = (error: unknown): string =>
  error instanceof Refused && error.problem.status === 404
    ? t(
        'This sign-in took longer than half an hour, was finished already, or was begun in another browser. Begin again.',
      )
    : reasonOf(error)

interface Back {
  state: string
  found: Found
}

function Answer({ state, found }: Back) {
  const { channelId, own, accounts } = found
  if (!channelId) return <Accounts state={state} found={found} />
  if (own !== null) return <Again state={state} own={own} />
  const names = accounts.join(', ')
  return (
    <Failed
      why={t('You signed in as {names}, which is another account than this messenger’s. Sign in with its own.', {
        names,
      })}
    />
  )
}

async function connect(state: string, accounts: number[]): Promise<void> {
  const { items } = await post<{ items: Channel[] }>('/sign-ins/connect', { state, accounts })
  await readChannels()
  toast(t('Connected'))
  go(`/settings/messengers/${items[0]!.id}`, 'replace')
}

/** A channel that is connected anew: there is nothing to choose. */
function Again({ state, own }: { state: string; own: number }) {
  const [error, setError] = useState<unknown>()
  const begun = useRef(false)
  useEffect(() => {
    if (begun.current) return
    begun.current = true
    connect(state, [own]).catch(setError)
  }, [state, own])
  return error ? <Failed why={wordsOf(error)} /> : <Wait />
}

function Accounts({ state, found }: Back) {
  const [{ busy, error }, setDoing] = useState<{ busy?: true; error?: unknown }>({})
  const [chosen, setChosen] = useState(found.accounts.length === 1 ? 1 : 0)
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const accounts = new FormData(event.currentTarget).getAll('account').map(Number)
    setDoing({ busy: true })
    await connect(state, accounts).catch(error => setDoing({ error }))
  }
  return (
    <form
      style={{ display: 'contents' }}
      onChange={event => setChosen(new FormData(event.currentTarget).getAll('account').length)}
      onSubmit={event => void submit(event)}
    >
      <div className="form">
        {!!error && <Alert>{wordsOf(error)}</Alert>}
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
        <button type="submit" className="btn main" disabled={busy || !chosen}>
          {busy && <span className="spin" />}
          {t('Connect')}
        </button>
      </div>
    </form>
  )
}
