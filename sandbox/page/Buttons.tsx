import { useState } from 'react'
import type { Part } from '../../src/domain/message.ts'
import { Icon } from './icons.tsx'
import type { Bubble } from './state.ts'
import type { Words } from './words.ts'

type Choices = Extract<Part, { type: 'choices' }>
interface Props {
  bubble: Bubble
  part: Choices
  words: Words
  press(bubble: string, choice: string): void
}

export const choicesOf = (bubble: Bubble): Choices | undefined =>
  bubble.parts.find((part): part is Choices => part.type === 'choices')

/** WhatsApp: up to three answers under the bubble, pressed once; or one button that opens a list. */
export function AnswerButtons({ bubble, part, words, press }: Props) {
  const [open, setOpen] = useState(false)
  const title = part.button ?? words.options
  if (part.choices.length <= 3 && !part.button) return <Answers bubble={bubble} part={part} press={press} />
  return (
    <>
      <button type="button" className="rb" onClick={() => setOpen(true)}>
        <Icon name="menu" small />
        {title}
      </button>
      {open && <ListSheet bubble={bubble} part={part} title={title} press={press} close={() => setOpen(false)} />}
    </>
  )
}

function Answers({ bubble, part, press }: Omit<Props, 'words'>) {
  return part.choices.map(choice => (
    <button
      type="button"
      key={choice.id}
      className={bubble.pressed && bubble.pressed !== choice.id ? 'rb off' : 'rb'}
      disabled={bubble.pressed !== undefined}
      onClick={() => press(bubble.id, choice.id)}
    >
      <Icon name="reply" small />
      {choice.label}
    </button>
  ))
}

function ListSheet({ bubble, part, title, press, close }: Omit<Props, 'words'> & { title: string; close(): void }) {
  const choose = (choice: string) => () => {
    close()
    press(bubble.id, choice)
  }
  return (
    <div className="sheet" role="dialog" aria-label={title}>
      <div className="sheet-h">
        <b className="grow">{title}</b>
        <button type="button" className="tool" aria-label="Close" onClick={close}>
          <Icon name="x" />
        </button>
      </div>
      {part.choices.map(choice => (
        <button type="button" key={choice.id} className="pickrow" onClick={choose(choice.id)}>
          <span className="grow">
            {choice.label}
            {choice.description && <small>{choice.description}</small>}
          </span>
          <i className={bubble.pressed === choice.id ? 'dot on' : 'dot'} />
        </button>
      ))}
    </div>
  )
}

/** Short ones stand two in a row, the last of an odd number alone. */
const wide = (choices: { label: string }[], at: number): boolean =>
  choices.some(choice => choice.label.length > 16) || (choices.length % 2 === 1 && at === choices.length - 1)

/** Keys under a bubble that stay and may be pressed again, the keyboard in place of the phone's own, or a row of pills. */
export function Keys({ bubble, part, css, press }: Omit<Props, 'words'> & { css: 'kb' | 'keys' | 'pills' }) {
  return (
    <div className={css}>
      {part.choices.map((choice, at) => (
        <button
          type="button"
          key={choice.id}
          className={wide(part.choices, at) ? 'w' : ''}
          onClick={() => press(bubble.id, choice.id)}
        >
          <span className="cut">{choice.label}</span>
        </button>
      ))}
    </div>
  )
}
