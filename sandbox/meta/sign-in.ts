import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { maybe } from '../../src/channels/kit.ts'
import { consentPage, redeem } from '../consent.ts'
import type { World } from '../world.ts'
import { issueToken } from './account.ts'
import { type GraphError, refuse } from './errors.ts'
import { flavourOf } from './flavour.ts'
import { accountId, appId, username } from './ids.ts'

type Form = Record<string, string>

/** Facebook Login at a page's world, Business Login at Instagram's: called before there is any token. */
export function signInRoutes(app: FastifyInstance, world: World): void {
  if (!app.hasContentTypeParser('application/x-www-form-urlencoded'))
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(body as string))),
    )
  const asking = { world, clientId: appId(world) }
  if (flavourOf(world).object === 'page') {
    const page = { ...asking, at: 'Facebook', account: world.account.name }
    app.get('/:version/dialog/oauth', (request, reply) => consentPage(request, reply, page))
    app.get('/:version/oauth/access_token', (request, reply) => facebookToken(request, reply, world))
    app.get('/:version/me/accounts', (request, reply) => pages(request, reply, world))
    return
  }
  const page = { ...asking, at: 'Instagram', account: `@${username(world)}` }
  app.get('/oauth/authorize', (request, reply) => consentPage(request, reply, page))
  app.post('/oauth/access_token', (request, reply) => instagramToken(request, reply, world))
  app.get('/access_token', (request, reply) => longLived(request, reply, world))
}

const oauth = (message: string): GraphError => ({ status: 400, code: 100, message, type: 'OAuthException' })
const badSecret: GraphError = {
  status: 400,
  code: 1,
  message: 'Error validating client secret.',
  type: 'OAuthException',
}
const usedCode = 'This authorization code has been used.'

const userToken = (world: World, life: 'short' | 'long'): string => `${world.account.token}-user-${life}`

function facebookToken(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const query = request.query as Form
  if (query.client_id !== appId(world) || query.client_secret !== world.account.secret)
    return refuse(reply, world, badSecret)
  if (query.grant_type === 'fb_exchange_token')
    return query.fb_exchange_token === userToken(world, 'short')
      ? reply.send({ access_token: userToken(world, 'long'), token_type: 'bearer' })
      : refuse(reply, world, oauth('Invalid OAuth access token.'))
  const agreed = redeem(world, query.code ?? '')
  if (!agreed) return refuse(reply, world, oauth(usedCode))
  if (agreed.redirectUri !== query.redirect_uri)
    return refuse(reply, world, oauth('Error validating verification code. The redirect_uri must be identical.'))
  return reply.send({ access_token: userToken(world, 'short'), token_type: 'bearer', expires_in: 5_400 })
}

function pages(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  if (request.headers.authorization !== `Bearer ${userToken(world, 'long')}`)
    return refuse(reply, world, oauth('Invalid OAuth access token.'))
  const { name, token } = world.account
  const data = [{ id: accountId(world), name, access_token: token }]
  return reply.send({ data, paging: { cursors: { before: 'QQ==', after: 'QQ==' } } })
}

/** api.instagram.com words its errors in a way of its own. */
const igError = (reply: FastifyReply, error_message: string): FastifyReply =>
  reply.code(400).send({ error_type: 'OAuthException', code: 400, error_message })

function instagramToken(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const form = maybe(request.body) as Form
  if (form.client_id !== appId(world) || form.client_secret !== world.account.secret)
    return igError(reply, 'Error validating client secret.')
  const agreed = redeem(world, form.code ?? '')
  if (!agreed || form.grant_type !== 'authorization_code') return igError(reply, usedCode)
  if (agreed.redirectUri !== form.redirect_uri) return igError(reply, 'Error validating verification code.')
  const permissions = agreed.scope
  return reply.send({ data: [{ access_token: userToken(world, 'short'), user_id: accountId(world), permissions }] })
}

function longLived(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { grant_type, client_secret, access_token } = request.query as Form
  if (grant_type !== 'ig_exchange_token' || client_secret !== world.account.secret)
    return refuse(reply, world, badSecret)
  if (access_token !== userToken(world, 'short')) return refuse(reply, world, oauth('Invalid OAuth access token.'))
  return reply.send(issueToken(world))
}
