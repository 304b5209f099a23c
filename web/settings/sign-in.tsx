import { useState } from 'react'
import type { Channel } from '../../src/api/shapes.ts'
import { Alert } from '../parts/alert.tsx'
import { CopyField } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { attempt } from '../parts/toast.tsx'
import { t } from '../say.ts'
import { post } from '../state/api.ts'
import { type ChannelKind, type SignInWay, useWorld } from '../state/store.ts'
import { reasonIn, settingsOf } from './filled.ts'
import { SchemaFields } from './schema-fields.tsx'

interface SignInProps {
  kind: ChannelKind
  byHand: () => void
}

/** The short way: your application's keys, then a sign-in at the provider, which brings the rest. */
export function SignInForm({ kind, byHand }: SignInProps) {
  const [chosen, setChosen] = useState<SignInWay | undefined>(kind.signIns.length === 1 ? kind.signIns[0] : undefined)
  return (
    <div className="form sign-in-way">
      {chosen ? (
        <Way key={chosen.id} kind={kind} way={chosen} />
      ) : (
        kind.signIns.map(way => (
          <button key={way.id} type="button" className="btn" onClick={() => setChosen(way)}>
            {t('Sign in with {provider}', { provider: way.at })}
          </button>
        ))
      )}
      {chosen && kind.signIns.length > 1 && (
        <TextButton click={() => setChosen(undefined)}>{t('Sign in in another way')}</TextButton>
      )}
      <TextButton click={byHand}>{t('Fill in everything by hand')}</TextButton>
    </div>
  )
}

const TextButton = ({ click, children }: { click: () => void; children: React.ReactNode }) => (
  <button type="button" className="text-link" style={{ justifySelf: 'start' }} onClick={click}>
    {children}
  </button>
)

interface WayProps {
  kind: ChannelKind
  way: SignInWay
}

/** Whoever connected one account of the provider need not fill in the application again for the next. */
function Way({ kind, way }: WayProps) {
  const like = useWorld(w => w.channels?.find(c => c.kind === kind.kind && c.signIn?.id === way.id))
  const isKnown = useWorld(w => w.channels !== null)
  const [own, setOwn] = useState(false)
  // Whoever is quick would else press the button of a form that is about to go.
  if (!isKnown) return null
  if (!like || own) return <ApplicationForm kind={kind} way={way} />
  return (
    <>
      <p className="help">{t('With the application that “{name}” was connected with.', { name: like.name })}</p>
      <SignInButton look="btn main" begun={{ kind: kind.kind, way: way.id, like: like.id }}>
        {t('Sign in with {provider}', { provider: way.at })}
      </SignInButton>
      <TextButton click={() => setOwn(true)}>{t('Use another application')}</TextButton>
    </>
  )
}

function ApplicationForm({ kind, way }: WayProps) {
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await leave({ kind: kind.kind, way: way.id, settings: settingsOf(event.currentTarget, kind) })
    } catch (e) {
      setError(e)
      setBusy(false)
    }
  }
  return (
    <form className="form" style={{ padding: 0 }} onSubmit={event => void submit(event)}>
      {!!error && <Alert>{reasonIn(error, kind)}</Alert>}
      <CopyField label={t('Redirect address')} value={way.redirectUri} aside={t('enter it at the application')} />
      <SchemaFields kind={kind} error={error} only={way.needs} />
      <button type="submit" className="btn main" style={{ justifySelf: 'start' }} disabled={busy}>
        {busy && <span className="spin" />}
        {t('Sign in with {provider}', { provider: way.at })}
      </button>
    </form>
  )
}

interface Begun {
  kind: string
  way: string
  settings?: Record<string, unknown>
  like?: string
  channelId?: string
}

const returnKey = 'parley-sign-in-from'

/** Goes to the provider's page, and remembers from where, should it come to nothing. */
async function leave(begun: Begun): Promise<void> {
  const { address } = await post<{ address: string }>('/sign-ins', begun)
  sessionStorage.setItem(returnKey, location.pathname)
  location.assign(address)
}

/** Where a sign-in that came to nothing may begin again. */
export const begunFrom = (): string => sessionStorage.getItem(returnKey) ?? '/settings/messengers/connect'

interface SignInButtonProps {
  look: 'btn' | 'btn main'
  icon?: React.ReactNode
  begun: Begun
  children: React.ReactNode
}

function SignInButton({ look, icon, begun, children }: SignInButtonProps) {
  const [busy, setBusy] = useState(false)
  const press = async () => {
    setBusy(true)
    if (!(await attempt(() => leave(begun)))) setBusy(false)
  }
  return (
    <button
      type="button"
      className={look}
      style={{ justifySelf: 'start' }}
      disabled={busy}
      onClick={() => void press()}
    >
      {busy ? <span className="spin" /> : icon}
      {children}
    </button>
  )
}

const urgent = new Set(['reconnect', 'upkeep'])

/** One press renews the access of a connected account, where its application is known. */
export function SignInAgain({ channel: { id, kind, signIn, health } }: { channel: Channel }) {
  if (!signIn) return null
  const isUrgent = health.problems.some(problem => urgent.has(problem.code))
  return (
    <SignInButton
      look={isUrgent ? 'btn main' : 'btn'}
      icon={<Icon name="key" />}
      begun={{ kind, way: signIn.id, channelId: id }}
    >
      {t('Sign in again with {provider}', { provider: signIn.at })}
    </SignInButton>
  )
}
