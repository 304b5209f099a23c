import type { Io, Template, TemplateDraft } from '../contract.ts'
import { type Json, maybe, records, text } from '../kit.ts'
import { graphUrl } from '../meta/graph.ts'
import { failureOf } from './outcome.ts'
import { bearer, type Settings } from './settings.ts'

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

/** Meta looks at it by hand or by machine; its word comes by webhook. */
export async function createTemplate(draft: TemplateDraft, io: Io<Settings>) {
  const { businessAccountId } = io.settings
  if (!businessAccountId)
    return {
      ok: false as const,
      why: 'invalid' as const,
      detail: 'Templates need the setting "WhatsApp Business Account ID".',
    }
  const { name, language, category, body, examples } = draft
  const example = examples.length ? { example: { body_text: [examples] } } : {}
  const answer = await io.http({
    method: 'POST',
    url: graphUrl(io.settings, `${businessAccountId}/message_templates`),
    headers: bearer(io.settings),
    json: { name, language, category: category.toUpperCase(), components: [{ type: 'BODY', text: body, ...example }] },
  })
  if (answer.status < 300) return { ok: true as const }
  return { ok: false as const, ...failureOf(maybe(maybe(answer.json).error), answer.status) }
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
