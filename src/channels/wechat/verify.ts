import type { RawRequest, Verdict } from '../contract.ts'
import { bodyText, same } from '../kit.ts'
import { sealIn, signatureOf, unseal } from '../tencent/seal.ts'
import type { Settings } from './settings.ts'

// Clocks differ, and WeChat tries three times within a quarter of a minute.
const believedSeconds = 600

/**
 * Plain messages carry a signature over a time and a nonce only, so anybody who has seen one can forge others for ten
 * minutes. Where there is an EncodingAESKey nothing plain is taken.
 */
export function verify(request: RawRequest, settings: Settings, now: Date): Verdict {
  const { token, encodingAesKey } = settings
  const { timestamp = '', nonce = '', signature = '', echostr } = request.query
  if (!token) return refused('the channel has no Token')
  if (!timestamp || Math.abs(now.getTime() / 1000 - Number(timestamp)) > believedSeconds || !Number(timestamp))
    return refused('the timestamp is missing or too old')
  if (request.method === 'POST' && encodingAesKey !== undefined) return verifySealed(request, settings)
  if (!same(signature, signatureOf([token, timestamp, nonce]))) return refused('the signature does not fit the Token')
  if (request.method === 'GET')
    return echostr ? { verdict: 'answer', body: echostr } : refused('the handshake has no echostr')
  return isSealedOnly(request) ? refused('the message is encrypted, but the channel has no EncodingAESKey') : success()
}

function verifySealed(request: RawRequest, { token, encodingAesKey, appId }: Settings): Verdict {
  const { timestamp = '', nonce = '', msg_signature: signature = '' } = request.query
  const encrypted = sealIn(bodyText(request))
  if (!encrypted) return refused('the message is not encrypted: set the message mode to "Safe" at WeChat')
  if (!same(signature, signatureOf([token, timestamp, nonce, encrypted])))
    return refused('the signature does not fit the Token')
  try {
    const { message, receiver } = unseal(encrypted, encodingAesKey!)
    return receiver === appId ? success(message) : refused('the message is for another AppID')
  } catch {
    return refused('the message does not open with the EncodingAESKey')
  }
}

/** WeChat shows its customer an error for any answer but this one, an empty one or a message. */
const success = (opened?: Uint8Array): Verdict => ({ verdict: 'accept', body: 'success', ...(opened && { opened }) })

const refused = (why: string): Verdict => ({ verdict: 'reject', why })

/** In the mode "Compatible" the plain message stands beside the encrypted one. */
const isSealedOnly = (request: RawRequest): boolean => {
  const xml = bodyText(request)
  return sealIn(xml) !== undefined && !xml.includes('<MsgType>')
}
