import { Router, type RequestHandler } from 'express'
import type { GatewayDeps } from '../gateway-deps.ts'
import type { Operation } from './operation.ts'
import { Problem } from './problems.ts'

/**
 * Makes a router of operations. Paths with a verb (`…:cancel`) come first, since `{id}` alone would match them too;
 * every known path answers other methods with 405.
 */
export function mountOperations(operations: readonly Operation[], deps: GatewayDeps): Router {
  const router = Router({ caseSensitive: true })
  const paths = [...new Set(operations.map(({ path }) => path))].toSorted((a, b) => verbs(b) - verbs(a))
  for (const path of paths) {
    const here = operations.filter((each) => each.path === path)
    const route = router.route(expressPath(path))
    for (const each of here) route[each.method](each.serve(deps))
    route.all(refuseMethod(here.map(({ method }) => method.toUpperCase())))
  }
  return router
}

const verbs = (path: string): number => (path.includes(':') ? 1 : 0)

export const expressPath = (path: string): string => path.replaceAll(':', '\\:').replaceAll(/\{(\w+)\}/g, ':$1')

export function refuseMethod(methods: readonly string[]): RequestHandler {
  const allowed = (methods.includes('GET') ? ['HEAD', ...methods] : [...methods]).toSorted().join(', ')
  return (request, _response, next) => {
    const isUnknownVerb = Object.values(request.params).some((value) => String(value).includes(':'))
    if (isUnknownVerb) return next()
    throw new Problem('method.not_allowed', `Allowed here: ${allowed}.`, { headers: { Allow: allowed } })
  }
}
