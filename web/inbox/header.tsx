import { Menu } from '@mantine/core'
import type { Conversation } from '../../src/api/shapes.ts'
import { phone, useMatch, useNow } from '../parts/hooks.ts'
import { Icon, Mark } from '../parts/icon.tsx'
import { Waiting } from '../parts/marks.tsx'
import { Avatar } from '../parts/person.tsx'
import { attempt } from '../parts/toast.tsx'
import { go } from '../route.ts'
import { t } from '../say.ts'
import { move } from '../state/act.ts'
import { useWorld } from '../state/store.ts'
import { answerTarget, waitOf } from '../state/views.ts'
import { grouped } from '../telephone.ts'
import { span } from '../time.ts'
import { placeOf } from './address.ts'
import { useChannel, usePlace } from './can.ts'
import { type DetailsSwitch, toggleClosed } from './thread.tsx'

/** Whose conversation this is, how long they wait, and what can be done with it. */
export function Header({ id, details }: { id: string; details: DetailsSwitch }) {
  const conversation = useWorld(w => w.conversations[id])
  return (
    <header>
      <Back />
      {conversation ? <Heading conversation={conversation} /> : <i className="grow" />}
      {conversation && <Assign conversation={conversation} />}
      {conversation && <Closing conversation={conversation} />}
      <button
        type="button"
        className={details.shown ? 'tool on' : 'tool'}
        aria-label={t('Details')}
        title={t('Details')}
        aria-pressed={details.shown}
        onClick={details.toggle}
      >
        <Icon name="side" />
      </button>
    </header>
  )
}

function Back() {
  const unread = useWorld(w => w.counts?.unread ?? 0)
  const waiting = t('{n, plural, one {# unread conversation} other {# unread conversations}}', { n: unread })
  const name = unread > 0 ? `${t('Back to the list')}, ${waiting}` : t('Back to the list')
  return (
    <a className="back only-phone" href="/" aria-label={name} onClick={goBack}>
      <Icon name="back" />
      {unread > 0 && <span className="cnt">{unread}</span>}
    </a>
  )
}

function goBack(event: React.MouseEvent): void {
  event.preventDefault()
  go('/')
}

function Heading({ conversation: c }: { conversation: Conversation }) {
  const channel = useChannel(c.id)
  const place = usePlace(c.id)
  const small = useMatch(phone)
  const where = place && <span className="where">{place}</span>
  return (
    <div className="grow">
      <div className="row gap6">
        <h1 className="name cut">{grouped(c.contact.name)}</h1>
        {channel && <Mark kind={channel.kind} />}
        <span className="dim meta-text cut not-phone">{channel?.name}</span>
        {!small && where}
      </div>
      <div className="row gap6">
        {small && where}
        <Standing conversation={c} />
      </div>
    </div>
  )
}

/** Who types, who waits, or that it is closed. */
function Standing({ conversation: c }: { conversation: Conversation }) {
  const now = useNow()
  const small = useMatch(phone)
  const channel = useChannel(c.id)
  const wait = waitOf(c, now)
  const who = c.assignee && small ? `, ${c.assignee.name.split(' ')[0]}` : ''
  if (wait)
    return (
      <Waiting wait={wait}>
        {t('waits {span} of {target}', { span: span(wait.minutes), target: answerTarget })}
        {who}
      </Waiting>
    )
  if (c.status === 'closed') return <span className="wait">{t('Conversation closed')}</span>
  const address = placeOf(c)
  return <span className={address ? 'wait' : 'wait only-phone'}>{address || channel?.name}</span>
}

function Assign({ conversation: c }: { conversation: Conversation }) {
  const agents = useWorld(w => w.agents)
  const me = useWorld(w => w.me?.id)
  const assign = (agent: string | null) => void attempt(() => move(c.id, 'assign', { agent }))
  const others = agents.filter(agent => agent.joined && agent.id !== me)
  return (
    <Menu>
      <Menu.Target>
        <button
          type="button"
          className="btn"
          aria-label={c.assignee ? t('Assigned to {name}', { name: c.assignee.name }) : t('Assign')}
        >
          {c.assignee ? <Avatar name={c.assignee.name} size={20} /> : <Icon name="user" />}
          <span className="row gap6 not-phone">
            {c.assignee ? c.assignee.name.split(' ')[0] : t('Assign')}
            <Icon name="down" />
          </span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {c.assignee?.id !== me && <Menu.Item onClick={() => assign('me')}>{t('Take it myself')}</Menu.Item>}
        {c.assignee && <Menu.Item onClick={() => assign(null)}>{t('Nobody')}</Menu.Item>}
        {others.length > 0 && <Menu.Divider />}
        {others.map(agent => (
          <Menu.Item
            key={agent.id}
            leftSection={<Avatar name={agent.name} size={20} />}
            disabled={agent.id === c.assignee?.id}
            onClick={() => assign(agent.id)}
          >
            {agent.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function Closing({ conversation: c }: { conversation: Conversation }) {
  const closed = c.status === 'closed'
  const name = closed ? t('Reopen') : t('Close')
  const toggle = () => toggleClosed(c.id, c.status)
  return (
    <>
      <button type="button" className="btn not-phone" onClick={toggle}>
        <Icon name={closed ? 'undo' : 'done'} />
        {name} <kbd>E</kbd>
      </button>
      <button type="button" className="tool only-phone" aria-label={name} onClick={toggle}>
        <Icon name={closed ? 'undo' : 'done'} />
      </button>
    </>
  )
}
