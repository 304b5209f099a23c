import type { Contact, Conversation } from '../../src/api/shapes.ts'
import { Mark } from '../parts/icon.tsx'
import { follow } from '../route.ts'
import { t } from '../say.ts'
import { useWorld } from '../state/store.ts'
import { ago, fullTime, shortDate } from '../time.ts'

/** The same person elsewhere. */
export function Earlier({ contact, id }: { contact: Contact; id: string }) {
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

/** What is known of the conversation itself. */
export function Facts({ conversation: c }: { conversation: Conversation }) {
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
