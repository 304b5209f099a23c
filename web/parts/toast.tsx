import { useSyncExternalStore } from 'react'
import { t } from '../say.ts'
import { serverWords } from '../server-words.ts'
import { Refused } from '../state/api.ts'

interface Toast {
  id: number
  text: string
  action?: { label: string; run: () => void }
}

let toasts: readonly Toast[] = []
let count = 0
const listeners = new Set<() => void>()

function show(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

/** Says something for some seconds, with a way to undo it where there is one. What it answers takes the words back. */
export function toast(text: string, action?: Toast['action']): () => void {
  const id = ++count
  show([...toasts.slice(-2), action ? { id, text, action } : { id, text }])
  const leave = () => show(toasts.filter(one => one.id !== id))
  setTimeout(leave, 6000)
  return leave
}

/** Runs a deed of the person and says what went wrong, if it did. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    toast(reasonOf(error))
    return false
  }
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof Refused)) return error instanceof Error ? error.message : String(error)
  if (error.problem.status === 0) return t('No connection to the server. Try again when it is back.')
  const { errors, detail, title } = error.problem
  return errors?.map(e => serverWords(e.message)).join(' ') || serverWords(detail) || title
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts)
  return (
    <div className="toasts" role="status">
      {shown.map(({ id, text, action }) => (
        <div className="toast" key={id}>
          <p>{text}</p>
          {action && (
            <button
              type="button"
              onClick={() => {
                action.run()
                show(toasts.filter(one => one.id !== id))
              }}
            >
              {action.label}
            </button>
          )}
        </div>
      ))}
    </div>
  )
}
