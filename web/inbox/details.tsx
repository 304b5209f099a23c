import { Suspense, useState } from 'react'
import type { Contact, Conversation } from '../../src/api/shapes.ts'
import { useLoad } from '../parts/hooks.ts'
import { Icon, Mark } from '../parts/icon.tsx'
import { Avatar } from '../parts/person.tsx'
import { t } from '../say.ts'
import { ask } from '../state/api.ts'
import { useWorld } from '../state/store.ts'
import { grouped } from '../telephone.ts'
import { shortDate } from '../time.ts'
import { spoken } from './address.ts'
import { placeWords } from './can.ts'
import { EditPerson } from './details-edit.tsx'
import { Earlier, Facts } from './details-facts.tsx'
import { Lightbox, thumb } from './media.tsx'
import { isPicture } from './parts.tsx'
import { purposeWords } from './purposes.ts'
import { languageName } from './template-text.ts'

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
  const facts = [
    contact?.phone && spoken(contact.phone) !== grouped(c.contact.name) && spoken(contact.phone),
    contact?.email,
    contact?.language && languageName(contact.language),
  ].filter(Boolean)
  const done = () => {
    setEditing(false)
    again()
  }
  return (
    <>
      <div className="pers">
        <Avatar name={c.contact.name} size={48} url={c.contact.avatarUrl} />
        <div className="grow">
          <h2>{grouped(c.contact.name)}</h2>
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

function Reachable({ conversation: c }: { conversation: Conversation }) {
  const channels = useWorld(w => w.channels)
  const kinds = useWorld(w => w.kinds)
  return (
    <section>
      <h3>
        {t('Reachable at')} <span>{c.contact.identities.length}</span>
      </h3>
      {c.contact.identities.map(({ channelId, address, username }) => {
        const channel = channels?.find(one => one.id === channelId)
        const place = placeWords(
          address,
          kinds.find(one => one.kind === channel?.kind),
        )
        const name = username ? `@${username.replace(/^@/, '')}` : place || spoken(address)
        const here = channelId === c.channelId && (c.contact.identities.length === 1 || address === c.address)
        return (
          <div className="id" key={channelId + address}>
            <Mark kind={channel?.kind ?? '?'} />
            <div className="grow">
              <div className="cut">{name}</div>
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
      <Suspense>
        {open !== undefined && <Lightbox pictures={pictures} start={open} close={() => setOpen(undefined)} />}
      </Suspense>
    </section>
  )
}
