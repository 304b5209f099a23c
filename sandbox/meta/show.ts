import { type Json, maybe, records, text } from '../../src/channels/kit.ts'
import type { Choice, MediaType, Part } from '../../src/domain/message.ts'
import type { World } from '../world.ts'
import { findTemplate } from './templates.ts'

/** What the customer's phone shows of a message that the business sent. */
export function partsOf(message: Json, world: World): Part[] {
  const replies = records(message.quick_replies)
  const words = text(message.text) ?? ''
  if (replies.length) return [{ type: 'choices', prompt: words, choices: replies.flatMap(choice) }]
  if (message.template) return [{ type: 'text', text: templateText(maybe(message.template), world) }]
  if (message.sticker_id) return [{ type: 'text', text: `Sticker ${text(message.sticker_id)}` }]
  const all = message.attachment ? [maybe(message.attachment)] : records(message.attachments)
  return all.length ? all.map(a => shown(a, world)) : [{ type: 'text', text: words }]
}

function shown({ type, payload }: Json, world: World): Part {
  const body = maybe(payload)
  if (type === 'template') return card(body)
  const file = world.files.get(String(body.attachment_id))
  const stored = file && { mime: file.mime, bytes: file.bytes.length, name: file.name }
  return { type: type as MediaType, url: file?.id ?? text(body.url) ?? '', ...stored }
}

function card(body: Json): Part {
  const cards = records(body.elements)
  const choices = [body, ...cards].flatMap(c =>
    records(c.buttons).flatMap(b =>
      cards.length ? choice({ ...b, title: c.title, subtitle: c.subtitle }) : choice(b),
    ),
  )
  return { type: 'choices', prompt: text(body.text) ?? '', choices }
}

const choice = (b: Json): Choice[] =>
  b.payload === undefined
    ? []
    : [
        {
          id: text(b.payload)!,
          label: text(b.title) ?? '',
          ...(text(b.subtitle) && { description: text(b.subtitle)! }),
        },
      ]

function templateText(template: Json, world: World): string {
  const values = records(template.components).flatMap(c => records(c.parameters).map(p => text(p.text) ?? ''))
  const { body = '' } = findTemplate(world, text(template.name) ?? '') ?? {}
  return body.replace(/\{\{(\d+)\}\}/g, (_, n) => values[Number(n) - 1] ?? '')
}
