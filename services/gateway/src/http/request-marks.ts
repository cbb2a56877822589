import { newId } from '@stageline/domain'
import type { RequestHandler, Response } from 'express'
import type { GatewayDeps } from '../gateway-deps.ts'

/** How one request can be found again: in answers, in logs and in the trace that it begins or goes on. */
export type RequestMarks = { requestId: string; traceId: string; traceparent: string | null }

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/
const REQUEST_ID = /^[\w.:-]{1,128}$/
const marks = new WeakMap<Response, RequestMarks>()

/** Takes over `traceparent` (W3C Trace Context) and `X-Request-Id` where they are well formed, and echoes the latter. */
export function markRequest({ traceparent }: Pick<GatewayDeps, 'traceparent'>): RequestHandler {
  return (request, response, next) => {
    const trace = traceparent?.() ?? request.get('traceparent') ?? ''
    const traceId = TRACEPARENT.exec(trace)?.[1]
    const sent = request.get('x-request-id') ?? ''
    const requestId = REQUEST_ID.test(sent) ? sent : newId()
    marks.set(response, {
      requestId,
      traceId: traceId ?? requestId.replaceAll('-', ''),
      traceparent: traceId ? trace : null,
    })
    response.set('X-Request-Id', requestId)
    next()
  }
}

export function requestMarks(response: Response): RequestMarks {
  return marks.get(response) ?? { requestId: '', traceId: '', traceparent: null }
}
