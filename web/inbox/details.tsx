import { useState } from 'react'
import type { Contact, Conversation } from '../../src/api/shapes.ts'
import { useLoad } from '../parts/hooks.ts'
import { Icon, Mark } from '../parts/icon.tsx'
import { Avatar } from '../parts/person.tsx'
import { follow } from '../route.ts'
import { t } from '../say.ts'
import { ask } from '../state/api.ts'
import { useWorld } from '../state/store.ts'
import { ago, fullTime, shortDate } from '../time.ts'
import { EditPerson } from './details-edit.tsx'
import { Lightbox } from './lightbox.tsx'
import { thumb } from './media.tsx'
import { isPicture } from './parts.tsx'
import { purposeWords } from './purposes.ts'

/** The person and the facts of the conversation. */
export function Details({ id, close }: { id: string; close: () => void }) {
  const conversation = useWorld(w => w.conversations[id])
  return (
    <aside className="details" aria-label={t('Details')}>
      <div className="row only-phone" style={{ padding: '4px 4px 0' }}>
        <button type="button" className="tool" aria-label={t('Back')} onClick={close}>
          <Icon name="back" />
        </button>
      </div>
      {conversation && <Person conversation={conversation} />}
    </aside>
  )
}

function Person({ conversation: c }: { conversation: Conversation }) {
  const { value: contact, again } = useLoad(
    () => ask<Contact>(`/contacts/${c.contact.id}`),
    `${c.contact.id} ${c.status}`,
  )
  const [editing, setEditing] = useState(false)
  const facts = [contact?.phone, contact?.email, contact?.language && languageName(contact.language)].filter(Boolean)
  const done = () => {
    setEditing(false)
    again()
  }
  return (
    <>
      <div className="pers">
        <Avatar name={c.contact.name} size={48} url={c.contact.avatarUrl} />
        <div className="grow">
          <h2>{c.contact.name}</h2>
          <div className="dim">{facts.join(', ')}</div>
        </div>
        <button
          type="button"
          className="tool"
          aria-label={t('Edit the person')}
          aria-pressed={editing}
          onClick={() => setEditing(!editing)}
        >
          <Icon name="more" />
        </button>
      </div>
      {editing && contact && <EditPerson contact={contact} done={done} />}
      <Reachable conversation={c} />
      {!!contact?.consents.length && <Consents contact={contact} />}
      <Files id={c.id} />
      {contact && <Earlier contact={contact} id={c.id} />}
      <Facts conversation={c} />
    </>
  )
}

function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames([document.documentElement.lang], { type: 'language' }).of(tag) ?? tag
  } catch {
    return tag
  }
}

function Reachable({ conversation: c }: { conversation: Conversation }) {
  const channels = useWorld(w => w.channels)
  return (
    <section>
      <h3>
        {t('Reachable at')} <span>{c.contact.identities.length}</span>
      </h3>
      {c.contact.identities.map(({ channelId, address, username }) => {
        const channel = channels?.find(one => one.id === channelId)
        const here = channelId === c.channelId && (c.contact.identities.length === 1 || address === c.address)
        return (
          <div className="id" key={channelId + address}>
            <Mark kind={channel?.kind ?? '?'} />
            <div className="grow">
              <div className="cut">{username ? `@${username.replace(/^@/, '')}` : address}</div>
              <div className="dim cut meta-text">{channel?.name}</div>
            </div>
            {here && <span className="here">{t('here')}</span>}
          </div>
        )
      })}
    </section>
  )
}

function Consents({ contact }: { contact: Contact }) {
  const channels = useWorld(w => w.channels)
  return (
    <section>
      <h3>{t('Consent')}</h3>
      {contact.consents.map(({ channelId, given, purpose, at }) => (
        <div key={channelId + purpose + at} className={given ? 'cons yes' : 'cons no'}>
          <Icon name={given ? 'check' : 'stop'} size="s" label={given ? t('agreed') : t('refused')} />
          <Mark kind={channels?.find(one => one.id === channelId)?.kind ?? '?'} />
          <div>
            <span className="grow">{purposeWords(purpose)}</span>
            <small>{shortDate(at)}</small>
          </div>
        </div>
      ))}
    </section>
  )
}

/** The newest pictures of what is loaded. */
function Files({ id }: { id: string }) {
  const [open, setOpen] = useState<number>()
  const pictures = useWorld(w =>
    (w.threads[id]?.items ?? [])
      .flatMap(item => (item.type === 'message' ? item.message.parts.filter(isPicture) : []))
      .slice(-10),
  ).toReversed()
  if (!pictures.length) return null
  return (
    <section>
      <h3>
        {t('Files')} <span>{pictures.length}</span>
      </h3>
      <div className="files">
        {pictures.map((picture, i) => (
          <button
            key={picture.url}
            type="button"
            aria-label={t('Open the photo {n}', { n: i + 1 })}
            onClick={() => setOpen(i)}
          >
            <img src={thumb(picture.url)} alt="" loading="lazy" />
          </button>
        ))}
      </div>
      {open !== undefined && <Lightbox pictures={pictures} start={open} close={() => setOpen(undefined)} />}
    </section>
  )
}

/** The same person elsewhere. */
function Earlier({ contact, id }: { contact: Contact; id: string }) {
  const channels = useWorld(w => w.channels)
  const others = contact.conversations.filter(other => other.id !== id)
  if (!others.length) return null
  return (
    <section>
      <h3>
        {t('Other conversations')} <span>{others.length}</span>
      </h3>
      {others.map(other => {
        const channel = channels?.find(one => one.id === other.channelId)
        return (
          <a className="earlier" key={other.id} href={`/inbox/${other.id}`} onClick={follow}>
            <Mark kind={channel?.kind ?? '?'} />
            <span className="grow cut">{channel?.name}</span>
            {other.lastMessageAt && <span className="dim meta-text">{shortDate(other.lastMessageAt)}</span>}
          </a>
        )
      })}
    </section>
  )
}

function Facts({ conversation: c }: { conversation: Conversation }) {
  const channel = useWorld(w => w.channels?.find(one => one.id === c.channelId))
  const entry = useWorld(w => {
    const found = w.threads[c.id]?.items.find(item => item.type === 'message' && item.message.entry)
    return found?.type === 'message' ? found.message.entry : undefined
  })
  const facts: [string, string | undefined][] = [
    [t('Channel'), channel?.name],
    [t('Last wrote'), c.lastInAt ? ago(c.lastInAt) : undefined],
    [t('Waiting since'), c.waitingSince ? fullTime(c.waitingSince) : undefined],
    [t('Assigned'), c.assignee?.name ?? t('Nobody')],
    [t('Came by'), entry && `${entry.source}: ${entry.ref}`],
  ]
  return (
    <section>
      <h3>{t('This conversation')}</h3>
      <dl>
        {facts.map(([name, value]) =>
          value ? (
            <div key={name} style={{ display: 'contents' }}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
    </section>
  )
}
