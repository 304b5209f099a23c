import type { Message } from '../../src/api/shapes.ts'
import { msg, t } from '../say.ts'
import type { Wait } from '../state/views.ts'
import { span } from '../time.ts'

const round = 31.4

/** The ring that fills while somebody waits. */
export function Waiting({ wait, children }: { wait: Wait; children?: React.ReactNode }) {
  return (
    <span className={`wait ${wait.state}`}>
      <svg className="ring" viewBox="0 0 14 14" aria-hidden="true">
        <circle cx="7" cy="7" r="5" className="t" />
        <circle cx="7" cy="7" r="5" strokeDasharray={`${wait.share * round} 40`} transform="rotate(-90 7 7)" />
      </svg>
      {children ?? (
        <>
          <span aria-hidden="true">{span(wait.minutes)}</span>
          <span className="unseen">{t('waits {span}', { span: span(wait.minutes) })}</span>
        </>
      )}
    </span>
  )
}

type Status = Message['status']
const drawings: Partial<Record<Status, [string, string]>> = {
  queued: ['clock', msg('waiting to be sent')],
  sending: ['clock', msg('waiting to be sent')],
  sent: ['check', msg('sent')],
  delivered: ['check2', msg('delivered')],
  read: ['check2', msg('read')],
  unknown: ['ask', msg('perhaps sent')],
  failed: ['alert', msg('not sent')],
}

/** How far a message of ours has come. */
export function Tick({ status }: { status: Status }) {
  const drawing = drawings[status]
  if (!drawing) return null
  return (
    <svg className={`tick ${status}`} role="img" aria-label={t(drawing[1])}>
      <use href={`#i-${drawing[0]}`} />
    </svg>
  )
}
