import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { text } from '../src/channels/kit.ts'
import type { World } from './world.ts'

/** The authorization code grant of RFC 6749, as far as all simulated providers have it in common. */

type Query = Record<string, unknown>

export interface Code {
  redirectUri: string
  clientId: string
  /** PKCE, S256. */
  challenge?: string
  scope: string
}

const books = new WeakMap<World, Map<string, Code>>()
const codesOf = (world: World): Map<string, Code> => {
  const codes = books.get(world) ?? new Map()
  books.set(world, codes)
  return codes
}

/** What was agreed to under a code, once: the second time it is unknown. */
export function redeem(world: World, code: string): Code | undefined {
  const codes = codesOf(world)
  const agreed = codes.get(code)
  codes.delete(code)
  return agreed
}

export interface Asking {
  world: World
  /** Whose page it is: "Google". */
  at: string
  clientId: string
  /** Who agrees, as the page names them. */
  account: string
}

/** `GET` of the page on which one agrees or does not. Both are links back to whoever sent the browser. */
export function consentPage(request: FastifyRequest, reply: FastifyReply, asking: Asking): FastifyReply {
  const query = request.query as Query
  const back = text(query.redirect_uri) ?? ''
  if (query.client_id !== asking.clientId) return page(reply.code(400), asking, '<p>There is no such application.</p>')
  if (!/^https?:$/.test(URL.canParse(back) ? new URL(back).protocol : ''))
    return page(reply.code(400), asking, '<p>The redirect address is wrong.</p>')
  const challenge = text(query.code_challenge)
  const scope = text(query.scope) ?? ''
  const code = randomBytes(18).toString('base64url')
  codesOf(asking.world).set(code, {
    redirectUri: back,
    clientId: asking.clientId,
    scope,
    ...(challenge && { challenge }),
  })
  const state = text(query.state) ?? ''
  const agree = linkTo(back, { code, state })
  const refused = { error: 'access_denied', error_description: 'The user denied your request', state }
  return page(
    reply,
    asking,
    `<p>Parley asks for access to <b>${escaped(asking.account)}</b>:</p>
<ul>${scope
      .split(/[ ,]+/)
      .map(one => `<li>${escaped(one)}</li>`)
      .join('')}</ul>
<p class="deeds"><a class="main" href="${escaped(agree)}">Allow</a> <a href="${escaped(linkTo(back, refused))}">Do not allow</a></p>`,
  )
}

function linkTo(back: string, query: Record<string, string>): string {
  const url = new URL(back)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

const escaped = (words: string): string => words.replace(/[&<>"]/g, sign => `&#${sign.charCodeAt(0)};`)

const page = (reply: FastifyReply, { at }: Asking, body: string): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
    .send(`<!doctype html>
<html lang="en"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>${escaped(at)}, simulated</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 12vh auto; padding: 0 1rem }
h1 { font-size: 1.5rem; line-height: 1.25 } small { display: block; font-size: .875rem; font-weight: 400; opacity: .75 } li { overflow-wrap: anywhere; font-size: .875rem }
.deeds { display: flex; gap: .75rem } a { padding: .5rem 1rem; border: 1px solid; border-radius: .5rem; color: inherit; text-decoration: none }
a.main { background: #2563eb; border-color: #2563eb; color: #fff }
</style>
<main>
<h1>${escaped(at)} <small>simulated: nothing leaves this machine</small></h1>
${body}
</main>
</html>`)
