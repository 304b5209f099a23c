import type { FastifyInstance } from 'fastify'
import { bundleRoute } from './bundle.ts'
import { fileRoutes } from './file-routes.ts'
import { allowances, type SiteDeps } from './house.ts'
import { createLimits } from './limits.ts'
import { answerProblem } from './problem.ts'
import { siteRoutes } from './routes.ts'
import { createScreens } from './screens.ts'
import { siteSocket } from './socket.ts'

export type { SiteDeps } from './house.ts'

const maxBody = 256 * 1024

/** Mounts the website chat: /widget.js and everything below /widget/<channelId>. */
export async function registerSite(app: FastifyInstance, deps: SiteDeps): Promise<void> {
  const house = {
    ...deps,
    limits: createLimits(deps.now),
    screens: createScreens(deps),
    allowed: { ...allowances, ...deps.allowances },
  }
  bundleRoute(app)
  siteSocket(app, house)
  await app.register(
    async scope => {
      // Everything arrives as bytes: files may be of any type, and what sendBeacon sends calls itself text.
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBody }, (_request, body, done) =>
        done(null, body),
      )
      scope.setErrorHandler(answerProblem)
      siteRoutes(scope, house)
      fileRoutes(scope, house)
    },
    { prefix: '/widget' },
  )
}
