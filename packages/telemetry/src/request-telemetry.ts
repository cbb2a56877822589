import type { IncomingMessage, ServerResponse } from 'node:http'
import { endSpan } from './end-span.ts'
import { ATTRIBUTES, LINES } from './names.ts'
import type { ObserverDeps } from './observer.ts'
import type { TraceScope } from './trace-context.ts'

/** Fits express: `app.use(requestTelemetry)`, before everything else. */
export type RequestTelemetry = (request: IncomingMessage, response: ServerResponse, next: () => void) => void

type Ending = { request: IncomingMessage; response: ServerResponse; scope: TraceScope; began: number }

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * A span and a measurement for each request. Goes on with the `traceparent` of the caller, or begins a trace where a
 * collector is configured; answers with the `traceparent` of its own span.
 */
export function createRequestTelemetry(deps: ObserverDeps): RequestTelemetry {
  return (request, response, next) => {
    const { traceparent } = request.headers
    const scope = deps.tracing.open({
      name: methodOf(request),
      kind: 'SERVER',
      parent: typeof traceparent === 'string' ? traceparent : null,
      attributes: () => ({ [ATTRIBUTES.httpMethod]: methodOf(request), [ATTRIBUTES.urlPath]: pathOf(request) }),
    })
    if (scope.traceparent) response.setHeader('traceparent', scope.traceparent)
    const ending = { request, response, scope, began: performance.now() }
    deps.context.run(scope, () => {
      response.once('close', () => end(ending, deps))
      next()
    })
  }
}

function end({ request, response, scope, began }: Ending, deps: ObserverDeps): void {
  const durationMs = performance.now() - began
  const method = methodOf(request)
  const route = routeOf(request)
  const { statusCode } = response
  const labels = { method, route, status: `${Math.floor(statusCode / 100)}xx` }
  deps.metrics.add('stageline_http_requests_total', 1, labels)
  deps.metrics.observe('stageline_http_request_duration_seconds', durationMs / 1_000, labels)
  const { level, message } = LINES.requestAnswered
  const line = { method, route, status: statusCode, durationMs: Math.round(durationMs * 10) / 10 }
  deps.context.run(scope, () => deps.logger[level](line, message))
  scope.span?.updateName(`${method} ${route}`)
  endSpan(scope.span, {
    error: statusCode >= 500 ? { code: String(statusCode) } : undefined,
    attributes: { [ATTRIBUTES.httpRoute]: route, [ATTRIBUTES.httpStatus]: statusCode },
  })
}

const methodOf = ({ method = '' }: IncomingMessage): string => (METHODS.has(method) ? method : '_OTHER')

/** Without the query, which holds whatever the caller wrote. */
const pathOf = (request: IncomingMessage & { originalUrl?: string }): string =>
  (request.originalUrl ?? request.url ?? '').replace(/\?.*$/s, '')

/** The pattern that express matched, never the path itself; mounted routers serve under their mount path. */
function routeOf(request: IncomingMessage & { baseUrl?: string; route?: { path?: unknown } }): string {
  const pattern = request.route?.path
  if (typeof pattern !== 'string') return 'unmatched'
  return `${request.baseUrl ?? ''}${pattern}`.replaceAll('\\', '')
}
