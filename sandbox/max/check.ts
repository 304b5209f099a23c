import { type Json, list, maybe, records, text } from '../../src/channels/kit.ts'
import type { World } from '../world.ts'
import { tokensIn } from './message.ts'

/** What is wrong with a message, as MAX checks it before it accepts one; undefined when nothing is. */
export function fault(body: Json, world: World): string | undefined {
  const words = text(body.text) ?? ''
  const attachments = records(body.attachments)
  if (words.length > 4000) return 'text: size must be between 0 and 4000'
  if (!words && !attachments.length && !body.link) return 'Text, attachments or link must be present'
  const link = maybe(body.link)
  if (body.link && (!['reply', 'forward'].includes(String(link.type)) || !world.bubble(text(link.mid) ?? '')))
    return 'link.mid: message not found'
  return attachments.map(attachment => attachmentFault(attachment, world)).find(Boolean)
}

function attachmentFault(attachment: Json, world: World): string | undefined {
  const payload = maybe(attachment.payload)
  switch (attachment.type) {
    case 'inline_keyboard':
      return keyboardFault(payload)
    case 'location':
      return typeof attachment.latitude === 'number' && typeof attachment.longitude === 'number'
        ? undefined
        : 'attachments: latitude and longitude must be present'
    case 'contact':
      return 'name' in payload ? undefined : 'attachments: name must be present'
    case 'image':
      return text(payload.url) ? undefined : uploadFault(payload, world)
    case 'video':
    case 'audio':
    case 'file':
      return uploadFault(payload, world)
    case 'share':
    case 'sticker':
      return undefined
    default:
      return `attachments: unknown type ${text(attachment.type)}`
  }
}

function uploadFault(payload: Json, world: World): string | undefined {
  const tokens = tokensIn(payload)
  return tokens.length && tokens.every(token => world.files.has(token)) ? undefined : 'attachments: unknown token'
}

const wide = ['link', 'open_app', 'request_geo_location', 'request_contact']

function keyboardFault({ buttons }: Json): string | undefined {
  const rows = list(buttons).map(records)
  if (!rows.length || rows.length > 30) return 'buttons: from 1 to 30 rows are allowed'
  if (rows.some(row => row.length > (row.some(b => wide.includes(String(b.type))) ? 3 : 7)))
    return 'buttons: too many in one row'
  return rows.flat().map(buttonFault).find(Boolean)
}

function buttonFault({ type, text: label, payload, url }: Json): string | undefined {
  const words = text(label) ?? ''
  if (!words || words.length > 128) return 'buttons: text must have 1 to 128 characters'
  if (type === 'callback' && (!text(payload) || text(payload)!.length > 1024))
    return 'buttons: payload must have 1 to 1024 characters'
  if (type === 'link' && (!text(url) || text(url)!.length > 2048)) return 'buttons: url must have 1 to 2048 characters'
  return undefined
}
