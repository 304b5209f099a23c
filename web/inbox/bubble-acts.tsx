import { Menu, Popover } from '@mantine/core'
import { useState } from 'react'
import type { Message } from '../../src/api/shapes.ts'
import { Icon } from '../parts/icon.tsx'
import { attempt, toast } from '../parts/toast.tsx'
import { t } from '../say.ts'
import { react } from '../state/act.ts'
import { isLocal } from '../state/apply.ts'
import { useWorld } from '../state/store.ts'
import { useCan } from './can.ts'
import { quickEmoji } from './emoji-list.ts'
import { summary } from './summary.ts'
import { useTalkTools } from './talk.ts'

/** What can be done with a message, shown when the pointer or the focus is on it. */
export function Acts({ message }: { message: Message }) {
  const { setReplyTo } = useTalkTools()
  const can = useCan(message.conversationId)
  if (isLocal({ type: 'message', message })) return null
  const reactable = can?.reactions && message.direction === 'in'
  return (
    <div className="acts">
      {can?.reply && (
        <button
          type="button"
          className="tool"
          aria-label={t('Answer this message')}
          title={t('Answer this message')}
          onClick={() => setReplyTo(message.id)}
        >
          <Icon name="reply" size="s" />
        </button>
      )}
      {reactable && <React message={message} allowed={can.reactions!} />}
      <More message={message} />
    </div>
  )
}

function React({ message, allowed }: { message: Message; allowed: 'any' | readonly string[] }) {
  const [open, setOpen] = useState(false)
  const emoji = allowed === 'any' ? quickEmoji : allowed.slice(0, 24)
  const choose = (one: string) => {
    setOpen(false)
    void attempt(() => react(message, one))
  }
  return (
    <Popover opened={open} onChange={setOpen} position="top" trapFocus>
      <Popover.Target>
        <button
          type="button"
          className="tool"
          aria-label={t('React')}
          title={t('React')}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <Icon name="smile" size="s" />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="emoji short">
          {emoji.map(one => (
            <button key={one} type="button" aria-label={one} onClick={() => choose(one)}>
              {one}
            </button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

function More({ message }: { message: Message }) {
  const copy = async () => {
    await navigator.clipboard.writeText(message.parts.map(summary).join('\n'))
    toast(t('Copied'))
  }
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className="tool" aria-label={t('More')}>
          <Icon name="more" size="s" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="copy" size="s" />} onClick={() => void copy()}>
          {t('Copy the words')}
        </Menu.Item>
        {message.externalId && <Menu.Label>{message.externalId.slice(0, 40)}</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  )
}

export function Reactions({ message }: { message: Message }) {
  const me = useWorld(w => w.me?.name)
  if (!message.reactions?.length) return null
  return (
    <div className="reacts">
      {message.reactions.map(({ emoji, by, name }) => {
        const words = (
          <>
            {emoji} <span className="dim">{name.split(' ')[0]}</span>
          </>
        )
        const key = `${emoji}${by}${name}`
        if (by !== 'agent' || name !== me)
          return (
            <span className="react" key={key}>
              {words}
            </span>
          )
        return (
          <button
            key={key}
            type="button"
            className="react"
            title={t('Take back')}
            onClick={() => void attempt(() => react(message, ''))}
          >
            {words}
          </button>
        )
      })}
    </div>
  )
}
