import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hmacSha256Hex, same } from '../../src/channels/kit.ts'
import { type Code, consentPage, redeem } from '../consent.ts'
import type { World } from '../world.ts'
import { boxOf } from './box.ts'

/** The applications' credentials, at Google and at Microsoft alike. */
export const clientId = (world: World): string => `client-${world.account.id}`
export const clientSecret = (world: World): string => `client-secret-${world.account.id}`

type Provider = 'Google' | 'Microsoft'
type Form = Record<string, string>

/** Google's and Microsoft's pages and token addresses (RFC 6749, RFC 7636, OpenID Connect). */
export function oauthRoutes(app: FastifyInstance, world: World): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(body as string))),
  )
  const both: [Provider, string, string][] = [
    ['Google', '/google/auth', '/google/token'],
    ['Microsoft', '/:tenant/oauth2/v2.0/authorize', '/:tenant/oauth2/v2.0/token'],
  ]
  for (const [at, page, tokens] of both) {
    const asking = { world, at, clientId: clientId(world), account: boxOf(world).address }
    app.get(page, (request, reply) => consentPage(request, reply, asking))
    app.post(tokens, (request, reply) => grant(request, reply, { world, at }))
  }
}

interface Granting {
  world: World
  at: Provider
}

function grant(request: FastifyRequest, reply: FastifyReply, { world, at }: Granting): FastifyReply {
  const form = (request.body ?? {}) as Form
  const no = (error: string, error_description: string) => reply.code(400).send({ error, error_description })
  if (form.client_id !== clientId(world) || form.client_secret !== clientSecret(world))
    return no('invalid_client', 'The client secret is wrong.')
  if (form.grant_type === 'refresh_token') {
    if (!isGood(world, form.refresh_token ?? '')) return no('invalid_grant', 'Token has been expired or revoked.')
    return reply.send(tokensFor(world, at))
  }
  const agreed = redeem(world, form.code ?? '')
  if (form.grant_type !== 'authorization_code' || !agreed)
    return no('invalid_grant', 'The code was used or never given.')
  if (agreed.redirectUri !== form.redirect_uri) return no('invalid_grant', 'The redirect address is another one.')
  if (!isProven(agreed, form.code_verifier ?? '')) return no('invalid_grant', 'The code verifier is wrong.')
  return reply.send({ ...tokensFor(world, at), scope: agreed.scope, ...firstTime(world, at, agreed) })
}

const isProven = ({ challenge }: Code, verifier: string): boolean =>
  !challenge || challenge === createHash('sha256').update(verifier).digest('base64url')

/** A refresh token is given for `offline` access only; Google gives none later. */
function firstTime(world: World, at: Provider, { scope }: Code) {
  const address = boxOf(world).address
  const claims = at === 'Google' ? { email: address } : { preferred_username: address }
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const id_token = [part({ alg: 'none' }), part({ iss: at, aud: clientId(world), ...claims }), ''].join('.')
  if (at === 'Microsoft' && !scope.includes('offline_access')) return { id_token, refresh_token: undefined }
  return { id_token, refresh_token: refreshToken(world) }
}

/** Microsoft gives a new refresh token with every access token, Google does not. */
const tokensFor = (world: World, at: Provider) => ({
  access_token: signed(world, `access.${world.now().getTime() + hour}`),
  token_type: 'Bearer',
  expires_in: hour / 1000,
  ...(at === 'Microsoft' && { refresh_token: refreshToken(world) }),
})

const hour = 3_600_000

/** Signed rather than remembered: they outlive a restart of the sandbox. */
const signed = (world: World, words: string): string =>
  `${words}.${hmacSha256Hex(world.account.secret, Buffer.from(words)).slice(0, 32)}`
const wordsOf = (world: World, token: string): string | undefined => {
  const words = token.slice(0, Math.max(0, token.lastIndexOf('.')))
  return same(token, signed(world, words)) ? words : undefined
}

interface Life {
  /** Numbers of refresh tokens up to this one are worth nothing. */
  revoked: number
  /** A used one is worth nothing either; Microsoft is not so strict. */
  strict: boolean
  used: Set<number>
}
const lives = new WeakMap<World, Life>()
const lifeOf = (world: World): Life => {
  const life = lives.get(world) ?? { revoked: 0, strict: false, used: new Set() }
  lives.set(world, life)
  return life
}

const refreshToken = (world: World): string => signed(world, `refresh.${world.next()}`)

function isGood(world: World, token: string): boolean {
  const [kind, number] = wordsOf(world, token)?.split('.') ?? []
  const { revoked, strict, used } = lifeOf(world)
  if (kind !== 'refresh' || Number(number) <= revoked || (strict && used.has(Number(number)))) return false
  used.add(Number(number))
  return true
}

/** An access token that is good now. */
export function isAccess(world: World, token: string): boolean {
  const [kind, until] = wordsOf(world, token)?.split('.') ?? []
  return kind === 'access' && Number(until) > world.now().getTime()
}

/** The owner of the mailbox takes the consent back. */
export const revoke = (world: World): void => void Object.assign(lifeOf(world), { revoked: world.next() })

/** From now on a refresh token is good once, as OAuth 2.1 recommends. */
export const takeOnce = (world: World): void => void Object.assign(lifeOf(world), { strict: true })
