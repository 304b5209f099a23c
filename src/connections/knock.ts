import { createHmac, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import type { RawRequest } from '../channels/contract.ts'
import { same } from '../channels/kit.ts'
import { isInside } from '../media/guard.ts'
import type { Parley } from '../parley.ts'
import type { Connected } from './book.ts'

/** Parley calls its own public address and sees whether it is Parley that answers. */

const parameter = 'parley-knock'
const goodForMs = 30_000
const patienceMs = 8000

/** Nothing when our own address leads to us, else what is wrong, for whoever has to mend it. */
export async function knock(on: Parley, channel: Connected): Promise<string | undefined> {
  const closed = notPublic(on, channel)
  if (closed) return closed
  const word = wordFor(on, channel.id)
  const url = new URL(`${on.config.publicUrl}/hooks/${channel.id}`)
  url.searchParams.set(parameter, word)
  try {
    // The operator's own address may lie inside the network, behind a proxy.
    const answer = await on.guard.fetch(url.href, {
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
      inside: [url.origin],
    })
    if (answer.status === 200 && same(await begin(answer), answerTo(on, channel.id, word))) return undefined
    await answer.body?.cancel().catch(() => {})
    return `Somebody else answers at ${on.config.publicUrl} (status ${answer.status}): it does not lead to this Parley.`
  } catch (error) {
    return unreachable(on.config.publicUrl, error)
  }
}

/**
 * The answer to a knock; nothing for any other call. Any process with our secret key can give it, and it says nothing but
 * that this is so: words are signed, for one channel, and good for half a minute.
 */
export function answerKnock(on: Pick<Parley, 'config' | 'now'>, channelId: string, request: RawRequest) {
  const word = request.method === 'GET' ? request.query[parameter] : undefined
  if (word === undefined) return undefined
  const [expires = '', chance = '', mac = ''] = word.split('.')
  const real = same(mac, seal(on, 'knock', `${channelId}.${expires}.${chance}`))
  return real && Number(expires) >= on.now().getTime() ? answerTo(on, channelId, word) : undefined
}

function wordFor(on: Parley, channelId: string): string {
  const claim = `${on.now().getTime() + goodForMs}.${randomBytes(12).toString('base64url')}`
  return `${claim}.${seal(on, 'knock', `${channelId}.${claim}`)}`
}

const answerTo = (on: Pick<Parley, 'config'>, channelId: string, word: string): string =>
  seal(on, 'here', `${channelId}.${word}`)

const seal = ({ config }: Pick<Parley, 'config'>, purpose: 'knock' | 'here', claim: string): string =>
  createHmac('sha256', config.secretKey).update(`${purpose} ${claim}`).digest('base64url')

/** A provider in our own network, such as a simulator or an on-premise server, may call an address there. */
function notPublic({ config }: Parley, { settings }: Connected): string | undefined {
  const { publicUrl } = config
  const { baseUrl } = settings as { baseUrl?: string }
  if (baseUrl && isNear(baseUrl)) return undefined
  if (isNear(publicUrl))
    return `${publicUrl} is an address of this computer or network, which nobody outside can call. Set PARLEY_PUBLIC_URL to the public one.`
  if (new URL(publicUrl).protocol === 'http:')
    return `${publicUrl} is not encrypted, and messengers call https addresses only. Set PARLEY_PUBLIC_URL to an https address.`
  return undefined
}

function isNear(address: string): boolean {
  if (!URL.canParse(address)) return false
  const host = new URL(address).hostname.replace(/^\[|\]$/g, '')
  return isIP(host) ? isInside(host) : /(^|\.)localhost$|\.(local|internal)$|^[^.]+$/.test(host)
}

/** Our answer is short; whoever else answers may never end. */
async function begin(answer: Response): Promise<string> {
  let text = ''
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString('latin1')
    if (text.length > 200) break
  }
  return text
}

function unreachable(publicUrl: string, error: unknown): string {
  const { code, message } = innermost(error)
  const { hostname } = new URL(publicUrl)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `The name ${hostname} is not found: it has no DNS record yet, or PARLEY_PUBLIC_URL is misspelt.`
  if (/CERT|TLS|SSL|ISSUER/.test(code)) return `The certificate of ${hostname} is refused: ${message}`
  return `Nothing answers at ${publicUrl}: ${message}`
}

/** Of what `fetch` throws, the last cause says most. */
function innermost(error: unknown): { code: string; message: string } {
  let { code, message, cause } = error as { code?: unknown; message: string; cause?: unknown }
  for (; cause instanceof Error; cause = (cause as Error).cause) {
    const { errors } = cause as { errors?: Error[] }
    ;({ code, message } = (errors?.[0] ?? cause) as { code?: unknown; message: string })
  }
  return { code: typeof code === 'string' ? code : '', message }
}
