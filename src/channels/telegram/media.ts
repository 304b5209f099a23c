import { type FetchedMedia, type Io, MediaGone } from '../contract.ts'
import { maybe, text } from '../kit.ts'
import { call } from './send.ts'
import type { Settings } from './settings.ts'

const limit = 20_971_520

/** A file's path holds for an hour, so it is asked anew at each attempt. The token never enters an error. */
export async function media(ref: string, io: Io<Settings>): Promise<FetchedMedia> {
  const asked = maybe((await call({ method: 'getFile', fields: { file_id: ref } }, io)).json)
  if (!asked.ok) throw refused(text(asked.description) ?? 'Telegram did not answer getFile.')
  const path = text(maybe(asked.result).file_path) ?? ''
  if (!path) throw new MediaGone('Telegram has no file behind this message any more.')
  if (path.startsWith('/'))
    throw new MediaGone('Your Bot API server keeps files on its own disk. Start it without --local.')
  const url = `${io.settings.baseUrl.replace(/\/+$/, '')}/file/bot${io.settings.token}/${path}`
  const answer = await io.http({ method: 'GET', url, maxBytes: limit, timeoutMs: 120_000 })
  if (answer.status !== 200) throw new Error(`Telegram answered ${answer.status} for the file.`)
  return { bytes: answer.bytes, name: path.slice(path.lastIndexOf('/') + 1) }
}

function refused(why: string): Error {
  if (/too big/i.test(why))
    return new MediaGone(
      'The file is larger than 20 MB. Telegram gives bots only smaller ones; ask for a link instead.',
    )
  return /invalid file_id|wrong file/i.test(why)
    ? new MediaGone(`Telegram has lost this file (${why}).`)
    : new Error(why)
}
