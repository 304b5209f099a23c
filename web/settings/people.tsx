import { useState } from 'react'
import type { Agent } from '../../src/api/shapes.ts'
import { CopyField, Field } from '../parts/field.tsx'
import { Avatar } from '../parts/person.tsx'
import { attempt } from '../parts/toast.tsx'
import { msg, t } from '../say.ts'
import { post } from '../state/api.ts'
import { readAgents } from '../state/session.ts'
import { useWorld } from '../state/store.ts'
import { PageHead } from './head.tsx'

const roles: Record<Agent['role'], string> = { owner: msg('Owner'), admin: msg('Administrator'), agent: msg('Agent') }

/** Who works here, and asking somebody in. */
export function People() {
  const agents = useWorld(w => w.agents)
  const me = useWorld(w => w.me?.id)
  const [invited, setInvited] = useState<{ name: string; link: string }>()
  return (
    <div className="page">
      <PageHead title={t('People')} />
      <div className="narrow">
        {invited && (
          <div className="secret-once" role="status">
            <b>{t('Hand this link to {name}', { name: invited.name })}</b>
            <CopyField label={t('It works once')} value={invited.link} />
          </div>
        )}
        <div className="tbl lines">
          {agents.map(agent => (
            <div key={agent.id}>
              <Avatar name={agent.name} size={32} />
              <span className="grow">
                <b className="cut" style={{ display: 'block' }}>
                  {agent.name}
                </b>
                <small>{agent.email}</small>
              </span>
              {!agent.joined && agent.id !== me && <span className="state new">{t('invited')}</span>}
              <small>{t(roles[agent.role])}</small>
            </div>
          ))}
        </div>
        <h2>{t('Ask a colleague in')}</h2>
        <Invite done={setInvited} />
      </div>
    </div>
  )
}

function Invite({ done }: { done: (invited: { name: string; link: string }) => void }) {
  const [busy, setBusy] = useState(false)
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const body = Object.fromEntries(new FormData(form))
    setBusy(true)
    await attempt(async () => {
      const { agent, link } = await post<{ agent: Agent; link: string }>('/agents', body)
      form.reset()
      done({ name: agent.name, link })
      await readAgents()
    })
    setBusy(false)
  }
  return (
    <form className="tbl inline-form" onSubmit={event => void submit(event)}>
      <Field label={t('Name')} name="name" required />
      <Field label={t('E-mail')} name="email" type="email" required />
      <label className="field" style={{ flex: 'none' }}>
        <b>{t('Role')}</b>
        <span className="fld">
          <select name="role" defaultValue="agent">
            {Object.entries(roles)
              .filter(([role]) => role !== 'owner')
              .map(([role, name]) => (
                <option key={role} value={role}>
                  {t(name)}
                </option>
              ))}
          </select>
        </span>
      </label>
      <button type="submit" className="btn main" style={{ height: 36 }} disabled={busy}>
        {t('Make a link')}
      </button>
    </form>
  )
}
