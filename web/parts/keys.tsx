import { Modal } from '@mantine/core'
import { useEffect, useState } from 'react'
import { msg, t } from '../say.ts'
import { isWriting, useKeys } from './hooks.ts'
import { keysAsked } from './open.ts'

const keys: readonly (readonly [readonly string[], string])[] = [
  [['j', 'k'], msg('Next and previous conversation')],
  [['r'], msg('Write an answer')],
  [['n'], msg('Write a note')],
  [['e'], msg('Close or reopen the conversation')],
  [['/'], msg('Search')],
  [['Enter'], msg('Send')],
  [['Shift', 'Enter'], msg('New line')],
  [['Esc'], msg('One level back')],
  [['Ctrl', 'K'], msg('Go to a conversation or a page')],
  [['?'], msg('This help')],
]

/** The keys, told on `?`. */
export function Keys() {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const show = () => setOpen(true)
    addEventListener(keysAsked, show)
    return () => removeEventListener(keysAsked, show)
  }, [])
  useKeys(event => {
    if (event.key === '?' && !isWriting(event)) setOpen(true)
  })
  return (
    <Modal
      opened={open}
      onClose={() => setOpen(false)}
      title={t('Keys')}
      closeButtonProps={{ 'aria-label': t('Close window') }}
    >
      <dl className="keys">
        {keys.map(([names, does]) => (
          <Key key={does} names={names} does={t(does)} />
        ))}
      </dl>
    </Modal>
  )
}

function Key({ names, does }: { names: readonly string[]; does: string }) {
  return (
    <>
      <dt>
        {names.map(name => (
          <kbd key={name}>{name}</kbd>
        ))}
      </dt>
      <dd>{does}</dd>
    </>
  )
}
