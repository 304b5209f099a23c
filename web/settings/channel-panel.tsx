import { Modal } from '@mantine/core'
import { useState } from 'react'
import type { Channel } from '../../src/api/shapes.ts'
import type { Menu } from '../../src/domain/menu.ts'
import { Alert } from '../parts/alert.tsx'
import { CopyField, Field } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { attempt, reasonOf, toast } from '../parts/toast.tsx'
import { t } from '../say.ts'
import { readChannels } from '../state/act.ts'
import { ask } from '../state/api.ts'
import { type ChannelKind, useWorld } from '../state/store.ts'
import { AccountMark } from './account-mark.tsx'
import { Check } from './channel-check.tsx'
import { ChannelTemplates } from './channel-templates.tsx'
import { emptiedIn, type Filled, faultOf, reasonIn, settingsOf } from './filled.ts'
import { problemWords } from './health.ts'
import { withPicture } from './menu-picture.ts'
import { SchemaFields } from './schema-fields.tsx'
import { SignInAgain } from './sign-in.tsx'

interface PanelProps {
  channel: Channel
  close: () => void
}

/** One connected messenger: its address, a check of everything, its settings. */
export function ChannelPanel({ channel: c, close }: PanelProps) {
  const kind = useWorld(w => w.kinds.find(one => one.kind === c.kind))
  const { submit, error, due } = useSaving(c, kind)
  return (
    <aside className="conn" aria-label={c.name}>
      <header>
        <AccountMark channel={c} />
        <h2 className="grow cut">{c.name}</h2>
        <button type="button" className="tool" aria-label={t('Close window')} onClick={close}>
          <Icon name="x" />
        </button>
      </header>
      <form style={{ display: 'contents' }} onSubmit={event => void submit(event)}>
        <div className="form">
          {!kind?.uncalled && (
            <CopyField
              label={t('Webhook address')}
              value={c.webhookUrl}
              aside={kind?.setup ? t('registered for you') : t('enter it at the messenger')}
            />
          )}
          <Check channel={c} registers={!kind?.uncalled} due={due} />
          <Problems channel={c} />
          {!!error && <Alert>{kind ? reasonIn(error, kind) : reasonOf(error)}</Alert>}
          <TeamName name={c.name} error={error} />
          {kind && <SchemaFields kind={kind} settings={c.settings} error={error} part="first" />}
          {kind && <SchemaFields kind={kind} settings={c.settings} error={error} part="menus" />}
          {kind && <SchemaFields kind={kind} settings={c.settings} error={error} part="rare" />}
          {kind?.capabilities.templates && <ChannelTemplates channelId={c.id} creates={kind.createsTemplates} />}
        </div>
        <Foot channel={c} close={close} />
      </form>
    </aside>
  )
}

/** What the team calls a channel. */
export const TeamName = ({ name, error }: { name: string; error: unknown }) => (
  <Field
    label={t('Name for your team')}
    name="name"
    defaultValue={name}
    maxLength={100}
    error={faultOf(error, 'name')}
    required
  />
)

/** Saves what was changed. A saved menu is due to be set at the messenger at once. */
function useSaving(c: Channel, kind: ChannelKind | undefined) {
  const [error, setError] = useState<unknown>()
  const [due, setDue] = useState(0)
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const name = String(new FormData(form).get('name')).trim()
    const filled = kind ? settingsOf(form, kind) : {}
    const emptied = kind ? emptiedIn(form, kind, c.settings) : {}
    setError(undefined)
    try {
      const changed = await changedIn(filled, c)
      const settings = { ...changed, ...emptied }
      await ask<Channel>(`/channels/${c.id}`, { method: 'PATCH', body: { name, settings } })
      await readChannels()
      toast(t('Saved'))
      if (Object.values(changed).some(isMenu)) setDue(n => n + 1)
    } catch (e) {
      setError(e)
    }
  }
  return { submit, error, due }
}

/** What was changed, a menu with its picture. */
async function changedIn(filled: Filled, { settings: shown }: Channel): Promise<Filled> {
  const changed = Object.entries(filled).filter(([key, value]) => written(value) !== shown[key])
  const whole = changed.map(async ([key, value]) => [key, isMenu(value) ? await withPicture(value) : value])
  return Object.fromEntries(await Promise.all(whole)) as Filled
}

const isMenu = (value: Filled[string]): value is Menu => typeof value === 'object'

/** A value as the server shows it. */
const written = (value: Filled[string]): string => (isMenu(value) ? JSON.stringify(value) : String(value))

/** What is wrong, and the one press that may mend it. The check above says what was not proven. */
function Problems({ channel }: { channel: Channel }) {
  const problems = channel.health.problems.filter(({ code }) => code !== 'unproven')
  return (
    <>
      {problems.length > 0 && <ProblemList problems={problems} rejected={channel.health.rejected} />}
      <SignInAgain channel={channel} />
    </>
  )
}

function ProblemList({ problems, rejected }: Pick<Channel['health'], 'problems' | 'rejected'>) {
  return (
    <ul className="alert">
      {problems.map(problem => (
        <li key={problem.code + problem.detail}>
          {problemWords(problem)}
          {problem.code === 'reconnect' && problem.detail && ` ${problem.detail}`}
        </li>
      ))}
      {rejected > 0 && (
        <li>{t('{n, plural, one {# call was turned away} other {# calls were turned away}}', { n: rejected })}</li>
      )}
    </ul>
  )
}

function Foot({ channel: c, close }: PanelProps) {
  const [asking, setAsking] = useState(false)
  const off = c.health.state === 'off'
  const turn = () =>
    attempt(async () => {
      await ask(`/channels/${c.id}`, { method: 'PATCH', body: { state: off ? 'on' : 'off' } })
      await readChannels()
    })
  const remove = () =>
    attempt(async () => {
      await ask(`/channels/${c.id}`, { method: 'DELETE' })
      close()
      await readChannels()
    })
  return (
    <div className="foot">
      <button type="button" className="btn danger" onClick={() => setAsking(true)}>
        {t('Remove')}
      </button>
      <button type="button" className="btn" onClick={() => void turn()}>
        {off ? t('Switch on') : t('Switch off')}
      </button>
      <i className="grow" />
      <button type="submit" className="btn main">
        {t('Save')}
      </button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('Remove {name}?', { name: c.name })}
        closeButtonProps={{ 'aria-label': t('Close window') }}
      >
        <p>
          {t('Messages of this messenger no longer arrive and answers can no longer be sent. This cannot be undone.')}
        </p>
        <div className="dialog-actions">
          <button type="button" className="btn" onClick={() => setAsking(false)}>
            {t('Keep it')}
          </button>
          <button type="button" className="btn danger" onClick={() => void remove()}>
            {t('Remove')}
          </button>
        </div>
      </Modal>
    </div>
  )
}
