import express, { Router, type Express, type RequestHandler } from 'express'
import { ALIASES } from './aliases/aliases.ts'
import { mountAliases } from './aliases/mount-aliases.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { authenticate } from './guard/authenticate.ts'
import { checkOrigin } from './guard/check-origin.ts'
import { identityOf } from './guard/identity.ts'
import { isLoopbackPeer } from './guard/loopback.ts'
import { securityHeaders } from './guard/security-headers.ts'
import { comeBackSoon } from './http/come-back-soon.ts'
import { mountOperations } from './http/mount-operations.ts'
import { Problem, unknownResource } from './http/problems.ts'
import { markRequest } from './http/request-marks.ts'
import { sendProblem } from './http/send-problem.ts'
import { createOpenApi } from './openapi/create-openapi.ts'
import { mountDocs, signedIn } from './openapi/mount-docs.ts'
import { mountPages } from './pages/mount-pages.ts'
import { PAGES } from './pages/pages.ts'
import { OPERATIONS } from './routes.ts'
import { live, ready, startup } from './routes/system/health.ts'

/** The HTTP surface over its dependencies: nothing is opened here, so that a test can hand in its own world. */
export function createApp(deps: GatewayDeps): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('case sensitive routing', true)
  app.set('trust proxy', deps.settings.trustProxy)
  if (deps.telemetry) app.use(deps.telemetry)
  app.use(markRequest(deps), securityHeaders('api'))
  app.get('/health/startup', startup(deps))
  app.get('/health/live', live(deps))
  app.get('/health/ready', ready(deps))
  app.use(refuseUntilOpen(deps), refuseWhileBusy(deps))
  app.use(authenticate(deps), checkOrigin(deps.settings))
  app.use(mountOperations(OPERATIONS, deps))
  app.use(mountAliases(ALIASES, deps))
  app.use(mountDocs(createOpenApi(OPERATIONS)))
  app.use(watchedParts(deps))
  app.use(mountPages(PAGES, deps))
  app.use(() => {
    throw unknownResource()
  })
  app.use(sendProblem(deps.log))
  return app
}

function refuseUntilOpen({ isOpen }: GatewayDeps): RequestHandler {
  return (_request, _response, next) => {
    if (isOpen?.() === false) {
      const headers = comeBackSoon()
      throw new Problem('service.unavailable', 'The database has not answered yet.', { headers })
    }
    next()
  }
}

/** Refused at once, before anything is done for it: else all requests grow so late that none is answered in time. */
function refuseWhileBusy({ isBusy }: GatewayDeps): RequestHandler {
  return (_request, _response, next) => {
    if (isBusy?.()) {
      const headers = comeBackSoon()
      throw new Problem('service.unavailable', 'More is asked at present than the database answers.', { headers })
    }
    next()
  }
}

/** Parts that others made: Bull Board and the metrics, behind the same check. */
function watchedParts({ board, metrics }: GatewayDeps): Router {
  const router = Router({ caseSensitive: true })
  if (board) router.use('/queues', securityHeaders('board'), signedIn, board)
  if (metrics) {
    router.get('/metrics', (request, response, next) => {
      // A collector on this machine needs no key; one elsewhere sends one.
      if (!isLoopbackPeer(request)) identityOf(response)
      return metrics(request, response, next)
    })
  }
  return router
}
