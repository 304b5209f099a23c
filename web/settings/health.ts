import type { Health } from '../../src/api/shapes.ts'
import { readable } from '../readable.ts'
import { msg, t } from '../say.ts'
import { serverWords } from '../server-words.ts'
import { ago } from '../time.ts'

/** What can be wrong with a channel, by the code the server gives. A notice speaks for itself, in the messenger's words. */
const problems: Readonly<Record<string, string>> = {
  reconnect: msg('The access was refused. Connect it again.'),
  held: msg('{n, plural, one {# answer waits} other {# answers wait}}'),
  rejected: msg('Calls with a wrong signature were turned away.'),
  'not-connected': msg('Not connected at the moment: {detail}'),
  failing: msg('The last answer was not sent: {detail}'),
  quarantined: msg('{n, plural, one {# delivery is set aside} other {# deliveries are set aside}}'),
}

/** One problem in words. */
export function problemWords({ code, detail }: Health['problems'][number]): string {
  const id = problems[code]
  return id ? t(id, { detail, n: Number(detail) || 0 }) : serverWords(detail) || readable(code)
}

/** The health of a channel as one sentence about its traffic. */
export function healthWords(health: Health, now: number): string {
  const [first] = health.problems
  if (health.state === 'off') return t('Switched off')
  if (first && health.state !== 'well') return health.problems.map(problemWords).join('. ')
  const parts = [
    health.lastInAt && t('In {ago}', { ago: ago(health.lastInAt, now) }),
    health.lastOutAt && t('out {ago}', { ago: ago(health.lastOutAt, now) }),
  ].filter(Boolean)
  if (!parts.length) return t('Waiting for the first message')
  const words = parts.join(', ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
