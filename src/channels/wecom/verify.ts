import type { RawRequest, Verdict } from '../contract.ts'
import { bodyText, same } from '../kit.ts'
import { sealIn, signatureOf, unseal } from '../tencent/seal.ts'
import type { Settings } from './settings.ts'

// Clocks differ, and WeCom tries three times within a quarter of a minute.
const believedSeconds = 600

/**
 * The door answers and stores nothing: a call says no more than that there is news, which `listen` then fetches with the
 * word in it. Pages of messages come from `listen` alone; here they are refused, as nobody signs them.
 */
export function verify(request: RawRequest, settings: Settings, now: Date): Verdict {
  const { token, encodingAesKey, corpId } = settings
  const { timestamp = '', nonce = '', msg_signature: signature = '' } = request.query
  const encrypted = request.method === 'GET' ? handshakeOf(request) : sealIn(bodyText(request))
  if (!token) return refused('the channel has no Token')
  if (!Number(timestamp) || Math.abs(now.getTime() / 1000 - Number(timestamp)) > believedSeconds)
    return refused('the timestamp is missing or too old')
  if (!encrypted) return refused('nothing encrypted came')
  if (!same(signature, signatureOf([token, timestamp, nonce, encrypted])))
    return refused('the signature does not fit the Token')
  try {
    const { message, receiver } = unseal(encrypted, encodingAesKey)
    if (receiver !== corpId) return refused('the call is for another company')
    return request.method === 'GET'
      ? { verdict: 'answer', body: message.toString() }
      : news(message.toString(), settings)
  } catch {
    return refused('the call does not open with the EncodingAESKey')
  }
}

/** The word in the call lets `listen` fetch without the tight limit for ten minutes. */
function news(xml: string, { openKfId }: Settings): Verdict {
  const [event, account, word] = ['Event', 'OpenKfId', 'Token'].map(name => elementIn(xml, name))
  const forUs = event === 'kf_msg_or_event' && account === openKfId
  return { verdict: 'answer', body: 'success', ...(forUs && { news: word ?? '' }) }
}

const refused = (why: string): Verdict => ({ verdict: 'reject', why })

const elementIn = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([^<\\]]*)(?:\\]\\]>)?</${name}>`).exec(xml)?.[1]?.trim()

/** A plus that was not escaped has become a space on its way. */
const handshakeOf = (request: RawRequest): string => (request.query.echostr ?? '').replaceAll(' ', '+')
