import type { ErrorRequestHandler, Request, Response } from 'express'
import type { GatewayLog } from '../gateway-deps.ts'
import { requestMarks } from './request-marks.ts'
import { PROBLEMS, type Problem } from './problems.ts'
import { toProblem } from './to-problem.ts'

/** The one place that answers failures: RFC 9457 `application/problem+json`, without stack traces. */
export function sendProblem(log: GatewayLog): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const problem = toProblem(thrown)
    if (problem.status >= 500)
      log.error({ code: problem.code, path: request.path, err: problem.cause ?? problem }, 'request failed')
    if (response.headersSent) return void response.destroy()
    if (response.writableEnded) return next(thrown)
    response.status(problem.status).set(problem.headers).type('application/problem+json')
    response.send(JSON.stringify(problemBody(problem, request, response)))
  }
}

function problemBody(problem: Problem, request: Request, response: Response): Record<string, unknown> {
  return {
    type: `/problems/${problem.code}`,
    title: PROBLEMS[problem.code].title,
    status: problem.status,
    detail: problem.message,
    instance: request.originalUrl.split('?', 1)[0],
    code: problem.code,
    traceId: requestMarks(response).traceId,
    ...(problem.errors ? { errors: problem.errors } : {}),
    ...problem.more,
  }
}
