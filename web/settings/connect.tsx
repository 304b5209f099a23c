import { useState } from 'react'
import type { Channel } from '../../src/api/shapes.ts'
import { Alert } from '../parts/alert.tsx'
import { Icon, Mark } from '../parts/icon.tsx'
import { inSentence } from '../readable.ts'
import { go } from '../route.ts'
import { t } from '../say.ts'
import { readChannels } from '../state/act.ts'
import { post } from '../state/api.ts'
import { type ChannelKind, useWorld } from '../state/store.ts'
import { TeamName } from './channel-panel.tsx'
import { reasonIn, settingsOf } from './filled.ts'
import { SchemaFields } from './schema-fields.tsx'
import { settingWords } from './setting-words.ts'
import { SignInForm } from './sign-in.tsx'
import { SignInBack } from './sign-in-back.tsx'

/** Connecting a messenger: first which one, then what it asks for. */
export function ConnectPanel({ kind, close }: { kind: string; close: () => void }) {
  const kinds = useWorld(w => w.kinds)
  const chosen = kinds.find(one => one.kind === kind)
  return (
    <aside className="conn" aria-label={t('Connect a messenger')}>
      <header>
        {chosen && <Mark kind={chosen.kind} size="big" />}
        <h2 className="grow cut">
          {chosen ? t('Connect {name}', { name: settingWords(chosen.name) }) : t('Connect a messenger')}
        </h2>
        <button type="button" className="tool" aria-label={t('Close window')} onClick={close}>
          <Icon name="x" />
        </button>
      </header>
      {chosen ? (
        <Ways kind={chosen} />
      ) : kind === 'back' ? (
        <SignInBack />
      ) : (
        <div className="form">
          <Kinds kinds={kinds} />
        </div>
      )}
    </aside>
  )
}

/** Where one can sign in at the provider, that is the way; the settings by hand are the other. */
function Ways({ kind }: { kind: ChannelKind }) {
  const [byHand, setByHand] = useState(!kind.signIns.length)
  return byHand ? <ConnectForm kind={kind} /> : <SignInForm kind={kind} byHand={() => setByHand(true)} />
}

export function Kinds({ kinds }: { kinds: ChannelKind[] }) {
  return (
    <div className="kinds">
      {kinds.map(kind => (
        <button
          key={kind.kind}
          type="button"
          className="kind"
          onClick={() => go(`/settings/messengers/connect-${kind.kind}`)}
        >
          <Mark kind={kind.kind} size="big" />
          <span>
            <b>{settingWords(kind.name)}</b>
            <span>{needs(kind)}</span>
          </span>
        </button>
      ))}
    </div>
  )
}

/** What a kind will ask for, in a few words. */
function needs({ settings }: ChannelKind): string {
  const names = (settings.required ?? []).map(name => settings.properties?.[name]?.title ?? name).map(settingWords)
  if (!names.length) return t('nothing to prepare')
  const lower = names.map(inSentence)
  return names.length > 2 ? t('{n, plural, one {# setting} other {# settings}}', { n: names.length }) : lower.join(', ')
}

function ConnectForm({ kind }: { kind: ChannelKind }) {
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const name = String(new FormData(form).get('name')).trim()
    setBusy(true)
    setError(undefined)
    try {
      const channel = await post<Channel>('/channels', { kind: kind.kind, name, settings: settingsOf(form, kind) })
      await readChannels()
      go(`/settings/messengers/${channel.id}`, 'replace')
    } catch (e) {
      setError(e)
      setBusy(false)
    }
  }
  return (
    <form style={{ display: 'contents' }} onSubmit={event => void submit(event)}>
      <div className="form">
        {!!error && <Alert>{reasonIn(error, kind)}</Alert>}
        <TeamName name={settingWords(kind.name)} error={error} />
        <SchemaFields kind={kind} error={error} part="first" />
        <details open={!!error}>
          <summary className="text-link">{t('More settings')}</summary>
          <div className="form" style={{ padding: '12px 0 0' }}>
            <SchemaFields kind={kind} error={error} part="rare" />
          </div>
        </details>
      </div>
      <div className="foot">
        <span className="help grow">{t('Nothing is sent to the messenger yet.')}</span>
        <button type="submit" className="btn main" disabled={busy}>
          {busy && <span className="spin" />}
          {t('Save and go on')}
        </button>
      </div>
    </form>
  )
}
