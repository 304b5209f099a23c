import { isMedia } from '../../domain/message.ts'
import type { HttpAnswer, Io, Outgoing, Piece, SendResult } from '../contract.ts'
import { attempt, externalId, type Json, maybe, text } from '../kit.ts'
import { Declined, lean } from '../tencent/refusal.ts'
import { call } from './api.ts'
import { can } from './capabilities.ts'
import { refusal } from './refusal.ts'
import type { Settings } from './settings.ts'
import { type Uploaded, upload } from './upload.ts'

export const send = (piece: Piece, to: Outgoing, io: Io<Settings>): Promise<SendResult> =>
  attempt(io, async () => {
    try {
      const file =
        piece.type !== 'reaction' && isMedia(piece) && can.media[piece.type] ? await upload(piece, io) : undefined
      const json = { open_kfid: io.settings.openKfId, ...render(piece, to, file) }
      return outcome(await call({ path: '/cgi-bin/kf/send_msg', json }, io), to)
    } catch (error) {
      if (error instanceof Declined) return { ok: false, ...lean(error.refusal) }
      throw error
    }
  })

/** Without the account it goes out from. Throws on what `can` refuses. */
export function render(piece: Piece, to: Outgoing, file?: Uploaded): Json {
  return { touser: to.address, msgid: msgidOf(to), ...content(piece, file) }
}

/** Ours, so that WeCom takes it once only: at most 32 letters and digits. */
const msgidOf = ({ key }: Outgoing): string =>
  key
    .replace(/[^\w-]/g, '')
    .replaceAll('-', '')
    .slice(0, 32)

/**
 * WeCom refuses an id that it has seen. On a repetition that means that the first try got through although its answer
 * was lost. The code of that refusal is written nowhere; its words name the id (UNVERIFIED).
 */
export function outcome(answer: HttpAnswer, to: Outgoing): SendResult {
  const refused = refusal(answer)
  const repeated = (to.attempt ?? 1) > 1 && refused?.why === 'invalid' && /msgid/i.test(refused.detail)
  if (refused && !repeated) return { ok: false, ...lean(refused) }
  return { ok: true, id: externalId(text(maybe(answer.json).msgid) || msgidOf(to)) }
}

function content(piece: Piece, file: Uploaded | undefined): Json {
  switch (piece.type) {
    case 'text':
      return words(piece.text)
    case 'choices':
      return { msgtype: 'msgmenu', msgmenu: { head_content: piece.prompt, list: piece.choices.map(row) } }
    case 'location':
      return { msgtype: 'location', location: place(piece) }
    case 'link':
      // A link of WeCom must have a picture.
      return words([piece.title, piece.text, piece.url].filter(Boolean).join('\n'))
    default:
      if (file) return { msgtype: file.type, [file.type]: { media_id: file.id } }
      throw new Error(`fit let ${piece.type} through to WeCom, which cannot carry it`)
  }
}

const words = (said: string): Json => ({ msgtype: 'text', text: { content: said } })

const row = ({ id, label }: { id: string; label: string }): Json => ({ type: 'click', click: { id, content: label } })

const place = ({ lat, lon, name = '', address = '' }: Piece & { type: 'location' }): Json => ({
  name,
  address,
  latitude: lat,
  longitude: lon,
})
