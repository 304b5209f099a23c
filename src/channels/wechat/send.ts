import { isMedia } from '../../domain/message.ts'
import type { HttpAnswer, Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { attempt, externalId, type Json, maybe, text } from '../kit.ts'
import { Declined } from '../tencent/refusal.ts'
import { call } from './api.ts'
import { can } from './capabilities.ts'
import { refusal } from './refusal.ts'
import type { Settings } from './settings.ts'
import { templateNamed } from './templates.ts'
import { type Uploaded, upload } from './upload.ts'

/** A piece as one call: which, and with what. */
export interface Rendered {
  path: string
  json: Json
}

export const send = (piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> =>
  attempt(io, async () => {
    try {
      const file =
        piece.type !== 'reaction' && isMedia(piece) && can.media[piece.type] ? await upload(piece, io) : undefined
      const rendered = render(piece, to, file)
      return outcome(await call(rendered, io), { to, rendered })
    } catch (error) {
      if (error instanceof Declined) return { ok: false, ...error.refusal }
      throw error
    }
  })

/** Throws on what `can` refuses. */
export function render(piece: Piece, to: Outgoing, file?: Uploaded): Rendered {
  if (piece.type === 'template') return template(piece, to)
  return { path: '/cgi-bin/message/custom/send', json: { touser: to.address, ...content(piece, file) } }
}

/** A customer-service message gets no id from WeChat: our own key is its id then. */
export function outcome(answer: HttpAnswer, of: { to: Outgoing; rendered: Rendered }): SendResult {
  const refused = refusal(answer)
  if (refused) return { ok: false, ...refused }
  const kind = /template|subscribe/.exec(of.rendered.path)?.[0]
  const id = kind && text(maybe(answer.json).msgid)
  return { ok: true, id: externalId(id ? `${kind}:${id}` : of.to.key) }
}

function content(piece: Piece, file: Uploaded | undefined): Json {
  switch (piece.type) {
    case 'text':
      return { msgtype: 'text', text: { content: piece.text } }
    case 'choices': {
      const list = piece.choices.map(({ id, label }) => ({ id, content: label }))
      return { msgtype: 'msgmenu', msgmenu: { head_content: piece.prompt, list, tail_content: '' } }
    }
    case 'link': {
      const { url, title = url, text: description = '' } = piece
      return { msgtype: 'news', news: { articles: [{ title, description, url, picurl: '' }] } }
    }
    default:
      if (file) return { msgtype: file.type, [file.type]: media(file) }
      throw new Error(`fit let ${piece.type} through to WeChat, which cannot carry it`)
  }
}

const media = ({ id, thumb }: Uploaded): Json => ({ media_id: id, ...(thumb && { thumb_media_id: thumb }) })

/** WeChat wants the values by the names of their places, and the client's id in letters and digits. */
function template({ name, values }: Piece & { type: 'template' }, to: Outgoing): Rendered {
  const { kind, id, places } = templateNamed(name)
  const data = Object.fromEntries(places.map((place, i) => [place, { value: values[i] ?? '' }]))
  const json = { touser: to.address, template_id: id, data }
  if (kind === 'subscribe') return { path: '/cgi-bin/message/subscribe/bizsend', json }
  const client_msg_id = to.key.replaceAll('-', '')
  return { path: '/cgi-bin/message/template/send', json: { ...json, client_msg_id } }
}
