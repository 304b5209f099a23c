import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hmacSha256Hex, maybe } from '../../src/channels/kit.ts'
import type { World } from '../world.ts'
import {
  debugToken,
  hook,
  isToken,
  node,
  refreshToken,
  subscribeApp,
  subscriptions,
  templates,
  unsubscribeApp,
} from './account.ts'
import { answer, like } from './comments.ts'
import { badProof, badToken, type GraphError, noToken, refuse, unknownNode } from './errors.ts'
import { download, upload } from './files.ts'
import { param, type Route, type Serve, serveGraph } from './graph.ts'
import { accountId, appId } from './ids.ts'
import { messages } from './messages.ts'
import { profile } from './profile.ts'
import { signInRoutes } from './sign-in.ts'

export function routes(app: FastifyInstance, world: World): void {
  serveGraph(app, world, { table, bodyLimit: 60_000_000, check: checkCall })
  signInRoutes(app, world)
  app.get('/v/:place/:id/:name', (request, reply) => download(request, reply, world))
}

const table: Route[] = [
  [
    'POST',
    '/:version/:node/messages',
    ofAccount((request, reply, world) => messages(maybe(request.body), reply, world)),
  ],
  ['POST', '/:version/:node/message_attachments', ofAccount(upload)],
  ['GET', '/:version/:node/subscribed_apps', ofAccount(subscriptions)],
  ['POST', '/:version/:node/subscribed_apps', ofAccount(subscribeApp)],
  ['DELETE', '/:version/:node/subscribed_apps', ofAccount(unsubscribeApp)],
  ['GET', '/:version/:node/message_templates', ofAccount(templates)],
  ['GET', '/:version/:node/messenger_profile', ofAccount(profile)],
  ['POST', '/:version/:node/messenger_profile', ofAccount(profile)],
  ['DELETE', '/:version/:node/messenger_profile', ofAccount(profile)],
  ['POST', '/:version/:node/subscriptions', ofApp(hook)],
  ['GET', '/:version/debug_token', debugToken],
  ['GET', '/refresh_access_token', refreshToken],
  ['POST', '/:version/:node/comments', answer],
  ['POST', '/:version/:node/replies', answer],
  ['POST', '/:version/:node/likes', like],
  ['DELETE', '/:version/:node/likes', like],
  ['GET', '/:version/:node', node],
]

/** The account's token, the one it had before, or the app's own, which is its id and its secret. */
function checkCall(request: FastifyRequest, world: World): GraphError | undefined {
  const version = param(request, 'version')
  if (version && !/^v\d+\.\d+$/.test(version))
    return { status: 400, code: 2500, message: `Unknown path components: /${param(request, 'node')}` }
  const query = request.query as Record<string, string>
  const body = request.body instanceof FormData ? {} : maybe(request.body)
  const token = request.headers.authorization?.replace(/^Bearer /i, '') ?? query.access_token ?? body.access_token
  if (!token) return noToken
  if (token === `${appId(world)}|${world.account.secret}`) return undefined
  const proof = query.appsecret_proof
  if (proof && proof !== hmacSha256Hex(world.account.secret, Buffer.from(String(token)))) return badProof
  return isToken(world, String(token)) ? undefined : badToken
}

const stranger = (request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply =>
  refuse(reply, world, unknownNode(request.method, param(request, 'node')))

function ofAccount(serve: Serve): Serve {
  return (request, reply, world) =>
    ['me', accountId(world)].includes(param(request, 'node'))
      ? serve(request, reply, world)
      : stranger(request, reply, world)
}

function ofApp(serve: Serve): Serve {
  return (request, reply, world) =>
    param(request, 'node') === appId(world) ? serve(request, reply, world) : stranger(request, reply, world)
}
