import type { Health } from '../../src/api/shapes.ts'
import { msg, t } from '../say.ts'
import { ago } from '../time.ts'

/** What can be wrong with a channel; what is not listed is told in the server's English. */
const problems: Readonly<Record<string, string>> = {
  auth: msg('The access was refused. Connect it again.'),
  'token-expired': msg('The access key has expired. Enter a new one.'),
  'token-expiring': msg('The access key will expire soon.'),
  'no-webhook': msg('Not registered at the messenger yet. Check and register it.'),
  rejected: msg('Calls with a wrong signature were turned away.'),
  down: msg('The messenger does not answer.'),
  rate: msg('The messenger asks to slow down.'),
  gap: msg('There are gaps in the messenger’s numbering.'),
}

/** The health of a channel as one sentence about its traffic. */
export function healthWords(health: Health, now: number): string {
  const [first] = health.problems
  if (health.state === 'off') return t('Switched off')
  if (first && health.state !== 'well') return problems[first.code] ? t(problems[first.code]!) : first.detail
  const parts = [
    health.lastInAt && t('In {ago}', { ago: ago(health.lastInAt, now) }),
    health.lastOutAt && t('out {ago}', { ago: ago(health.lastOutAt, now) }),
  ].filter(Boolean)
  if (!parts.length) return t('Waiting for the first message')
  const words = parts.join(', ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
