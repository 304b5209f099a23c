import { memo } from 'react'
import type { Conversation } from '../../src/api/shapes.ts'
import { Icon } from '../parts/icon.tsx'
import { Tick, Waiting } from '../parts/marks.tsx'
import { Avatar } from '../parts/person.tsx'
import { follow } from '../route.ts'
import { t } from '../say.ts'
import { useWorld, type World } from '../state/store.ts'
import { waitOf } from '../state/views.ts'
import { grouped } from '../telephone.ts'
import { shortTime } from '../time.ts'
import { usePlace } from './can.ts'
import { kindIcon, kindName } from './summary.ts'
import { systemWords } from './system.ts'

interface RowProps {
  conversation: Conversation
  on: boolean
  lined: boolean
  now: number
}

/** One conversation of the list. */
export const Row = memo(function Row({ conversation: c, on, lined, now }: RowProps) {
  const kind = useWorld(w => w.channels?.find(channel => channel.id === c.channelId)?.kind)
  const place = usePlace(c.id)
  const classes = ['conv', on && 'on', c.unread > 0 && 'un', lined && 'lined'].filter(Boolean).join(' ')
  return (
    <a
      className={classes}
      href={`/inbox/${c.id}`}
      onClick={follow}
      aria-current={on ? 'page' : undefined}
      draggable={false}
    >
      <Avatar name={c.contact.name} url={c.contact.avatarUrl} kind={kind} />
      <div>
        <div className="l1">
          <span className="nm cut">{grouped(c.contact.name)}</span>
          <When conversation={c} now={now} />
        </div>
        <div className="l2">
          <span className="wd cut">
            {place && <span className="where">{place}</span>}
            <Words conversation={c} />
          </span>
          {c.assignee && (
            <Avatar
              className="own"
              name={c.assignee.name}
              size={20}
              title={t('Assigned to {name}', { name: c.assignee.name })}
            />
          )}
          <Unread count={c.unread} />
        </div>
      </div>
    </a>
  )
})

function Unread({ count }: { count: number }) {
  if (!count) return null
  return (
    <span className="cnt">
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span className="unseen">{t('{n, plural, one {# unread message} other {# unread messages}}', { n: count })}</span>
    </span>
  )
}

function When({ conversation: c, now }: { conversation: Conversation; now: number }) {
  const wait = waitOf(c, now)
  if (wait) return <Waiting wait={wait} />
  if (!c.lastMessage) return null
  return (
    <time dateTime={c.lastMessage.at}>
      {c.lastMessage.direction === 'out' && <Tick status={c.lastMessage.status} />}
      {shortTime(c.lastMessage.at, now)}
    </time>
  )
}

function Words({ conversation: c }: { conversation: Conversation }) {
  const draft = useWorld((w: World) => w.drafts[c.id])
  if (draft)
    return (
      <>
        <span className="draft">{t('Draft:')}</span> {draft}
      </>
    )
  const last = c.lastMessage
  if (!last) return null
  if (last.status === 'failed')
    return (
      <span className="fail">
        {t('Not sent: {words}', { words: last.text || t(kindName[last.kind] ?? last.kind) })}
      </span>
    )
  return (
    <>
      <Speaker conversation={c} />
      {kindIcon[last.kind] && <Icon name={kindIcon[last.kind]!} size="s" />}
      {lastWords(last)}
    </>
  )
}

function lastWords({ kind, text }: NonNullable<Conversation['lastMessage']>): string {
  if (kind === 'system') return systemWords(text || 'system')
  if (kind === 'choices' || kind === 'text' || kind === 'chosen') return text.replace(/\s+/g, ' ')
  const name = kindName[kind] ? t(kindName[kind]) : ''
  return [name, text.replace(/\s+/g, ' ')].filter(Boolean).join(': ')
}

/** Who of us said the last words; a customer's need no name. */
function Speaker({ conversation: c }: { conversation: Conversation }) {
  const me = useWorld(w => w.me?.name)
  const last = c.lastMessage
  if (last?.direction !== 'out') return null
  const name = last.author === me ? t('You') : last.author.split(' ')[0]
  return name ? `${name}: ` : null
}
