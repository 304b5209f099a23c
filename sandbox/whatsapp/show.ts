import type { MediaType, Part } from '../../src/domain/message.ts'
import type { World } from '../world.ts'
import { type Body, inside } from './check.ts'
import { bodyValues, findTemplate, textOf } from './templates.ts'

/** What the customer's phone shows of a message that the business sent. */
export function partsOf(message: Body, world: World): Part[] {
  const body = inside(message[String(message.type ?? 'text')])
  switch (message.type) {
    case 'location':
      return [{ type: 'location', lat: Number(body.latitude), lon: Number(body.longitude), ...named(body) }]
    case 'contacts':
      return (message.contacts as Body[]).map(card)
    case 'interactive':
      return [asked(body)]
    case 'template':
      return template(body, world)
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker':
      return [file(message.type, body, world)]
    default:
      return [{ type: 'text', text: String(body.body ?? '') }]
  }
}

const named = ({ name, address }: Body) => ({
  ...(name ? { name: String(name) } : {}),
  ...(address ? { address: String(address) } : {}),
})

function file(type: string, body: Body, world: World): Part {
  const stored = world.files.get(String(body.id))
  const shown: MediaType = type === 'document' ? 'file' : type === 'audio' && body.voice ? 'voice' : (type as MediaType)
  const name = body.filename ?? stored?.name
  return {
    type: shown,
    url: stored?.id ?? String(body.link ?? ''),
    ...(stored && { mime: stored.mime, bytes: stored.bytes.length }),
    ...(name ? { name: String(name) } : {}),
    ...(body.caption ? { caption: String(body.caption) } : {}),
  }
}

function card(raw: Body): Part {
  const phones = ((raw.phones ?? []) as Body[]).map(p => String(p.phone))
  return { type: 'contact', name: String(inside(raw.name).formatted_name), phones }
}

function asked(body: Body): Part {
  const action = inside(body.action)
  const prompt = String(inside(body.body).text ?? '')
  if (body.type === 'list') {
    const rows = ((action.sections ?? []) as Body[]).flatMap(s => (s.rows ?? []) as Body[])
    return { type: 'choices', prompt, choices: rows.map(choice), button: String(action.button) }
  }
  const replies = ((action.buttons ?? []) as Body[]).map(b => choice(inside(b.reply)))
  return replies.length ? { type: 'choices', prompt, choices: replies } : { type: 'text', text: prompt }
}

const choice = (r: Body) => ({
  id: String(r.id),
  label: String(r.title),
  ...(r.description ? { description: String(r.description) } : {}),
})

/** The words of the template and, below, its quick replies as buttons. */
function template(body: Body, world: World): Part[] {
  const values = bodyValues(body)
  const found = findTemplate(world, body)
  const text = found ? textOf(found).replace(/\{\{(\d+)\}\}/g, (_, n) => values[Number(n) - 1] ?? '') : ''
  const part: Part = { type: 'template', name: String(body.name), language: String(inside(body.language).code), values }
  const buttons = (found?.components.find(c => c.type === 'BUTTONS')?.buttons ?? []) as Body[]
  const replies = buttons
    .filter(b => b.type === 'QUICK_REPLY')
    .map(b => ({ id: String(b.text), label: String(b.text) }))
  return replies.length ? [part, { type: 'choices', prompt: text, choices: replies }] : [part, { type: 'text', text }]
}
