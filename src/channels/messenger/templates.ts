import type { Io, Template } from '../contract.ts'
import { type Json, maybe, records, text } from '../kit.ts'
import { failureOf } from '../meta/chat/outcome.ts'
import { graph, type Settings } from './settings.ts'

const mostPages = 50

/** The page's utility templates that can be sent with the values of their body alone. */
export async function templates(io: Io<Settings>): Promise<Template[]> {
  const found: Template[] = []
  let after = ''
  for (let page = 0; page < mostPages; page++) {
    const query = new URLSearchParams({ fields: 'name,language,category,status,components', limit: '100' })
    if (after) query.set('after', after)
    const answer = await graph(io, { method: 'GET', path: `${io.settings.pageId}/message_templates?${query}` })
    const body = maybe(answer.json)
    if (answer.status >= 300) throw new Error(failureOf(maybe(body.error), answer.status).detail)
    found.push(...records(body.data).flatMap(templateOf))
    const paging = maybe(body.paging)
    after = text(maybe(paging.cursors).after) ?? ''
    if (!text(paging.next) || !after) break
  }
  return found
}

function templateOf(raw: Json): Template[] {
  const components = records(raw.components)
  const body = text(components.find(c => String(c.type).toUpperCase() === 'BODY')?.text) ?? ''
  const [name, language] = [text(raw.name), text(raw.language)]
  const wantsMore = components.some(c => String(c.type).toUpperCase() !== 'BODY' && /\{\{/.test(JSON.stringify(c)))
  if (!name || !language || wantsMore) return []
  const values = new Set(body.match(/\{\{\s*\w+\s*\}\}/g)).size
  const category = (text(raw.category) ?? 'utility').toLowerCase()
  return [{ name, language, category, status: statusOf(text(raw.status)), body, values }]
}

function statusOf(status: string | undefined): Template['status'] {
  if (status === 'APPROVED') return 'approved'
  if (status === 'PAUSED' || status === 'DISABLED') return 'paused'
  return status === 'REJECTED' ? 'rejected' : 'pending'
}
