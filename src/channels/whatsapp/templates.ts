import type { Io, Template } from '../contract.ts'
import { type Json, maybe, records, text } from '../kit.ts'
import { failureOf } from './outcome.ts'
import { bearer, graphUrl, type Settings } from './settings.ts'

const mostPages = 50

/** All templates that can be sent with the values of their body alone; the README names the others. */
export async function templates(io: Io<Settings>): Promise<Template[]> {
  const found: Template[] = []
  let after = ''
  if (!io.settings.businessAccountId) return found
  for (let page = 0; page < mostPages; page++) {
    const answer = await io.http({
      method: 'GET',
      url: pageUrl(io.settings, after),
      headers: bearer(io.settings),
      maxBytes: 8_000_000,
    })
    const body = maybe(answer.json)
    if (answer.status >= 300) throw new Error(failureOf(maybe(body.error), answer.status).detail)
    found.push(...records(body.data).flatMap(templateOf))
    const paging = maybe(body.paging)
    after = text(maybe(paging.cursors).after) ?? ''
    if (!text(paging.next) || !after) break
  }
  return found
}

function pageUrl(settings: Settings, after: string): string {
  const query = new URLSearchParams({
    fields: 'name,language,category,status,parameter_format,components',
    limit: '100',
  })
  if (after) query.set('after', after)
  return graphUrl(settings, `${settings.businessAccountId}/message_templates?${query}`)
}

function templateOf(raw: Json): Template[] {
  const components = records(raw.components)
  const body = text(components.find(c => String(c.type).toUpperCase() === 'BODY')?.text) ?? ''
  const name = text(raw.name)
  const language = text(raw.language)
  if (!name || !language || text(raw.parameter_format)?.toUpperCase() === 'NAMED' || components.some(wantsMore))
    return []
  const values = new Set(body.match(/\{\{\s*\d+\s*\}\}/g)).size
  return [
    {
      name,
      language,
      category: (text(raw.category) ?? '').toLowerCase(),
      status: statusOf(text(raw.status)),
      body,
      values,
    },
  ]
}

/** A header with a file or a variable, or a button with a variable, needs more than the values of the body. */
function wantsMore(component: Json): boolean {
  const type = String(component.type).toUpperCase()
  if (type === 'HEADER') return component.format !== 'TEXT' || /\{\{/.test(text(component.text) ?? '')
  if (type === 'BUTTONS')
    return records(component.buttons).some(
      b => /\{\{/.test(text(b.url) ?? '') || ['OTP', 'COPY_CODE', 'FLOW', 'CATALOG', 'MPM'].includes(String(b.type)),
    )
  return type === 'CAROUSEL' || type === 'LIMITED_TIME_OFFER'
}

function statusOf(status: string | undefined): Template['status'] {
  if (status === 'APPROVED') return 'approved'
  if (status === 'PAUSED' || status === 'DISABLED') return 'paused'
  return status === 'REJECTED' ? 'rejected' : 'pending'
}
