import { Popover } from '@mantine/core'
import { useState } from 'react'
import { Icon } from '../parts/icon.tsx'
import { t } from '../say.ts'
import { emojiGroups } from './emoji-list.ts'

/** A small picker of common emoji. */
export function EmojiButton({ choose }: { choose: (emoji: string) => void }) {
  const [open, setOpen] = useState(false)
  const take = (emoji: string) => {
    setOpen(false)
    choose(emoji)
  }
  return (
    <Popover opened={open} onChange={setOpen} position="top-start" trapFocus>
      <Popover.Target>
        <button
          type="button"
          className={open ? 'tool on' : 'tool'}
          aria-label={t('Emoji')}
          title={t('Emoji')}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <Icon name="smile" />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="emoji">
          {emojiGroups.map(([name, list]) => (
            <Group key={name} name={t(name)} list={list} take={take} />
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

function Group({ name, list, take }: { name: string; list: string; take: (emoji: string) => void }) {
  return (
    <>
      <div className="head">{name}</div>
      {list.split(' ').map(emoji => (
        <button key={emoji} type="button" aria-label={emoji} onClick={() => take(emoji)}>
          {emoji}
        </button>
      ))}
    </>
  )
}
