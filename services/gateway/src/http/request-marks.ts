import { newId } from '@stageline/domain'
import type { RequestHandler, Response } from 'express'
import { z } from 'zod'
import type { GatewayDeps } from '../gateway-deps.ts'

export const CorrelationHeader = z.object({
  'X-Correlation-Id': z.string().optional().meta({
    description:
      'What you call that which this belongs to, 1 to 128 visible ASCII characters; events of the jobs name it',
  }),
})

/** How one request can be found again: in answers, in logs and in the trace that it begins or goes on. */
export type RequestMarks = {
  requestId: string
  traceId: string
  traceparent: string | null
  /** What its sender calls that which the request belongs to. */
  correlationId: string | null
}

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/
const REQUEST_ID = /^[\w.:-]{1,128}$/
const CORRELATION_ID = /^[!-~]{1,128}$/
const marks = new WeakMap<Response, RequestMarks>()

/**
 * Takes over `traceparent` (W3C Trace Context), `X-Request-Id` and `X-Correlation-Id` where they are well formed, and
 * echoes the latter two.
 */
export function markRequest({ traceparent }: Pick<GatewayDeps, 'traceparent'>): RequestHandler {
  return (request, response, next) => {
    const trace = traceparent?.() ?? request.get('traceparent') ?? ''
    const traceId = TRACEPARENT.exec(trace)?.[1]
    const sent = request.get('x-request-id') ?? ''
    const requestId = REQUEST_ID.test(sent) ? sent : newId()
    const correlationId = CORRELATION_ID.exec(request.get('x-correlation-id') ?? '')?.[0] ?? null
    marks.set(response, {
      requestId,
      traceId: traceId ?? requestId.replaceAll('-', ''),
      traceparent: traceId ? trace : null,
      correlationId,
    })
    response.set('X-Request-Id', requestId)
    if (correlationId !== null) response.set('X-Correlation-Id', correlationId)
    next()
  }
}

export function requestMarks(response: Response): RequestMarks {
  return marks.get(response) ?? { requestId: '', traceId: '', traceparent: null, correlationId: null }
}
