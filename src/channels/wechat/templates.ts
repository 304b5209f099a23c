import type { Io, Template } from '../contract.ts'
import { type Json, maybe, records, text } from '../kit.ts'
import { Declined } from '../tencent/refusal.ts'
import { call } from './api.ts'
import { refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

interface Named {
  kind: 'template' | 'subscribe'
  id: string
  /** The names of the places for values, in the order of the text. */
  places: string[]
}

/** `template/<id>/thing1,time2`: all that a send needs to know, so that it need not ask WeChat for the list. */
export function templateNamed(name: string): Named {
  const [kind, id, places] = name.split('/')
  if ((kind === 'template' || kind === 'subscribe') && id)
    return { kind, id, places: (places ?? '').split(',').filter(Boolean) }
  return { kind: 'template', id: name, places: [] }
}

/** The account's template messages, and its subscription notices where it has the right to them. */
export async function templates(io: Io<Settings>): Promise<Template[]> {
  const own = await call({ path: '/cgi-bin/template/get_all_private_template' }, io)
  const refused = refusal(own)
  if (refused) throw new Declined(refused)
  const notices = await call({ path: '/wxaapi/newtmpl/gettemplate' }, io)
  return [
    ...records(maybe(own.json).template_list).map(t => templateOf('template', text(t.template_id), t)),
    ...(refusal(notices) ? [] : records(maybe(notices.json).data)).map(t =>
      templateOf('subscribe', text(t.priTmplId), t),
    ),
  ]
}

function templateOf(kind: Named['kind'], id: string | undefined, { title, content }: Json): Template {
  const body = text(content) ?? ''
  const places = [...new Set([...body.matchAll(/\{\{\s*(\w+)\.DATA\s*\}\}/g)].map(([, place]) => place!))]
  return {
    name: `${kind}/${id ?? ''}/${places.join(',')}`,
    language: 'zh_CN',
    category: kind === 'subscribe' ? 'subscription notice' : 'template message',
    status: 'approved',
    body: [text(title), body.trim()].filter(Boolean).join('\n'),
    values: places.length,
  }
}
