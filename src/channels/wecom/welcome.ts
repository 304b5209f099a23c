import { createHash } from 'node:crypto'
import { AnswerLost, type Io, NotSent } from '../contract.ts'
import { type Json, maybe, number, text } from '../kit.ts'
import { Declined } from '../tencent/refusal.ts'
import { call } from './api.ts'
import { refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

/** WeCom takes the code once, and for so long. */
const codeSeconds = 20

/** What was said to a customer who just came, and its id: nothing when there was no code, no words, or it was too late. */
export async function welcome(item: Json, io: Io<Settings>): Promise<{ msgid: string; content: string } | undefined> {
  const code = text(maybe(item.event).welcome_code)
  const content = io.settings.welcome
  if (!code || !content || io.now.getTime() / 1000 - (number(item.send_time) ?? 0) > codeSeconds) return undefined
  const msgid = createHash('sha256').update(code).digest('hex').slice(0, 32)
  const json = { code, msgid, msgtype: 'text', text: { content } }
  try {
    const refused = refusal(await call({ path: '/cgi-bin/kf/send_msg_on_event', json }, io))
    return refused ? undefined : { msgid, content }
  } catch (error) {
    // A greeting that fails must not hold up what customers say.
    if (error instanceof NotSent || error instanceof AnswerLost || error instanceof Declined) return undefined
    throw error
  }
}

/** In the shape of WeCom's own pages: a text of origin 5 is one that the business wrote. */
export function echoPage(item: Json, { msgid, content }: { msgid: string; content: string }): Json {
  const { open_kfid, external_userid } = maybe(item.event)
  const said = {
    msgid,
    open_kfid,
    external_userid,
    send_time: item.send_time,
    origin: 5,
    msgtype: 'text',
    text: { content },
  }
  return { errcode: 0, errmsg: 'ok', has_more: 0, msg_list: [said] }
}
