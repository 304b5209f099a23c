import { useEffect, useRef, useState } from 'react'
import type { Conversation } from '../../src/api/shapes.ts'
import { type Prepared, prepare } from '../../src/domain/prepare.ts'
import { isWriting, useKeys, useNow } from '../parts/hooks.ts'
import { say } from '../state/act.ts'
import { typing } from '../state/session.ts'
import { useWorld } from '../state/store.ts'
import { grouped } from '../telephone.ts'
import { partsOf, useFiles, type Written } from './attach.ts'
import { useCan } from './can.ts'
import { Bottom } from './composer-bottom.tsx'
import { Buttons } from './composer-buttons.tsx'
import { Field } from './composer-field.tsx'
import { Files } from './composer-files.tsx'
import { LiveLine } from './composer-line.tsx'
import { TemplateForm } from './composer-template.tsx'
import { Quoting, Top, Typing } from './composer-top.tsx'
import { type Mode, useDraft } from './draft.ts'
import { useTalkTools } from './talk.ts'

const typingEvery = 4000

/** Where answers and notes are written. */
export function Composer({ conversation: c }: { conversation: Conversation }) {
  const [mode, setMode] = useState<Mode>('message')
  const desk = useDesk(c, mode)
  const field = useRef<HTMLTextAreaElement>(null)
  useFocusKeys(field, setMode)
  const noting = mode === 'note'
  const shut = !noting && desk.refusedFor === 'template'
  return (
    <div className="composer">
      <div className="holder">
        <Typing id={c.id} />
        <Card noting={noting} add={desk.add}>
          <Top conversation={c} mode={mode} setMode={setMode} />
          {!noting && <Quoting id={c.id} />}
          {shut ? (
            <TemplateForm conversation={c} />
          ) : (
            <Field field={field} desk={desk} mode={mode} name={grouped(c.contact.name)} />
          )}
          {!noting && <Files files={desk.files} remove={desk.remove} />}
          {!noting && desk.offering && (
            <Buttons labels={desk.choices} change={desk.setChoices} close={desk.stopOffering} />
          )}
          {!shut && <Bottom desk={desk} mode={mode} field={field} />}
        </Card>
      </div>
      <LiveLine conversation={c} mode={mode} prepared={desk.prepared} empty={desk.empty} />
    </div>
  )
}

interface CardProps {
  noting: boolean
  add: (files: Iterable<File>) => void
  children: React.ReactNode
}

/** The card one writes on; files can be dropped onto it. */
function Card({ noting, add, children }: CardProps) {
  const [over, setOver] = useState(false)
  const drop = (event: React.DragEvent) => {
    event.preventDefault()
    setOver(false)
    if (!noting) add(event.dataTransfer.files)
  }
  const dragged = (event: React.DragEvent) => {
    if (noting || !event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setOver(true)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping files has the attach button beside it
    <div
      className={['card', noting && 'noting', over && 'over'].filter(Boolean).join(' ')}
      onDragOver={dragged}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {children}
    </div>
  )
}

/** `r` for an answer, `n` for a note. */
function useFocusKeys(field: React.RefObject<HTMLTextAreaElement | null>, setMode: (mode: Mode) => void): void {
  useKeys(event => {
    if (isWriting(event) || event.metaKey || event.ctrlKey || event.altKey) return
    if (event.key !== 'r' && event.key !== 'n') return
    event.preventDefault()
    setMode(event.key === 'r' ? 'message' : 'note')
    requestAnimationFrame(() => field.current?.focus())
  })
  const { replyTo } = useTalkTools()
  useEffect(() => {
    if (replyTo) field.current?.focus()
  }, [replyTo, field])
}

export type Desk = ReturnType<typeof useDesk>

/** Everything that is being written, and what the messenger would make of it. */
function useDesk(c: Conversation, mode: Mode) {
  const [text, setText] = useDraft(c.id, mode)
  const uploads = useFiles()
  const [choices, setChoices] = useState<string[]>([])
  const [offering, setOffering] = useState(false)
  const { replyTo, setReplyTo } = useTalkTools()
  const prepared = usePrepared(c, { text, files: uploads.files, choices })
  const empty = !text.trim() && !uploads.files.length
  const ready = uploads.files.every(file => file.stored)
  const told = useRef(0)
  const write = (next: string) => {
    setText(next)
    if (mode === 'note' || Date.now() - told.current < typingEvery) return
    told.current = Date.now()
    typing(c.id)
  }
  const clear = () => {
    setText('')
    if (mode === 'note') return
    uploads.clear()
    setChoices([])
    setOffering(false)
    setReplyTo(undefined)
  }
  const maySend = mode === 'note' ? !!text.trim() : !empty && ready && prepared?.ok !== false
  const send = () => {
    if (!maySend) return
    const parts =
      mode === 'note'
        ? [{ type: 'text' as const, text: text.trim() }]
        : partsOf({ text, files: uploads.files, choices })
    say(c.id, mode, { parts, ...(mode === 'message' && replyTo && { replyTo }) })
    clear()
  }
  const stopOffering = () => {
    setOffering(false)
    setChoices([])
  }
  const refusedFor = prepared?.ok === false ? prepared.but : undefined
  return {
    id: c.id,
    text,
    write,
    ...uploads,
    choices,
    setChoices,
    offering,
    setOffering,
    stopOffering,
    prepared,
    refusedFor,
    empty,
    maySend,
    send,
  }
}

function usePrepared(c: Conversation, written: Written): Prepared | undefined {
  const can = useCan(c.id)
  const now = useNow()
  const toldShut = useToldShut(c)
  if (!can) return undefined
  if (toldShut && can.window)
    return {
      ok: false,
      because: [{ code: 'window-closed' }],
      ...(can.window.after === 'template' && { but: 'template' }),
    }
  const parts = partsOf(written)
  const contact = { optedOut: c.optedOut, ...(c.lastInAt && { lastWroteAt: new Date(c.lastInAt) }) }
  return prepare(parts.length ? parts : [{ type: 'text', text: '…' }], contact, can, new Date(now))
}

/** The messenger has the last word: once it refused an answer as too late, the window is shut until the customer writes. */
function useToldShut({ id, lastInAt }: Conversation): boolean {
  return useWorld(w =>
    (w.threads[id]?.items ?? []).some(
      item =>
        item.type === 'message' && item.message.failure?.why === 'window-closed' && item.message.at > (lastInAt ?? ''),
    ),
  )
}
