import type { Change } from '../../src/api/shapes.ts'
import { summary } from '../inbox/summary.ts'
import { t } from '../say.ts'
import { grouped } from '../telephone.ts'
import type { State } from './apply.ts'

/** What a screen reader should hear of these changes: the newest words of a customer that were not known before. */
export function heardAloud(changes: readonly Change[], before: State): string {
  const heard = changes.findLast(c => c.type === 'message' && c.message.direction === 'in')
  if (heard?.type !== 'message') return ''
  const known = before.threads[heard.message.conversationId]?.items
  if (known?.some(item => item.type === 'message' && item.message.id === heard.message.id)) return ''
  return t('New message from {name}: {words}', {
    name: grouped(heard.message.author.name),
    words: summary(heard.message.parts[0]),
  })
}
