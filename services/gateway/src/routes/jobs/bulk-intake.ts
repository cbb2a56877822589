import type { Submitted, SubmitRequest } from '@stageline/engine'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'
import type { Identity } from '../../guard/identity.ts'
import { readJson } from '../../http/check-json.ts'
import type { Line } from '../../http/ndjson-lines.ts'
import { parseWith } from '../../http/parse-with.ts'
import { Problem, PROBLEMS } from '../../http/problems.ts'
import type { RequestMarks } from '../../http/request-marks.ts'
import { rememberLatest } from '../../remember-latest.ts'
import { toProblem } from '../../http/to-problem.ts'
import { answerAccepted } from './accepted.ts'
import { refuseDocumentReference, requireWorkflow, SubmitBody, submitRequest } from './submit-body.ts'

export const MAX_BULK_LINES = 10_000

export const BulkLine = SubmitBody.extend({
  idempotencyKey: z
    .string()
    .regex(/^[!-~]{1,255}$/)
    .optional()
    .meta({ description: 'A key of this line alone' }),
}).meta({ id: 'BulkLine' })

export type LineAnswer = { line: number; status: number; id?: string; problem?: unknown }
type About = { who: Identity; batchId: string; key: string | undefined; marks: RequestMarks }
type Reading = { line: number; request: SubmitRequest } | { line: number; refused: LineAnswer }

/** Stores chunks of lines as jobs of one batch and answers each line, in order, whatever became of its neighbours. */
export function createBulkIntake(deps: GatewayDeps, about: About): (lines: readonly Line[]) => Promise<LineAnswer[]> {
  let seen = 0
  return async (lines) => {
    const asking = { ...deps, workflows: rememberLatest(deps.workflows) }
    const readings = await Promise.all(lines.map((line) => readLine(line, ++seen > MAX_BULK_LINES, asking, about)))
    const requests = readings.flatMap((reading) => ('request' in reading ? [reading.request] : []))
    const outcomes = await submitAll(deps, requests)
    let next = 0
    return readings.map((reading) =>
      'refused' in reading ? reading.refused : answerLine(reading.line, outcomes[next++], about),
    )
  }
}

async function readLine(line: Line, isBeyond: boolean, deps: GatewayDeps, about: About): Promise<Reading> {
  try {
    if (isBeyond)
      throw new Problem(
        'request.too_large',
        `One request may have ${MAX_BULK_LINES} lines; this one and all after it were not read.`,
      )
    if ('tooLong' in line) throw new Problem('request.too_large', 'A line may have at most 1 MB.')
    const { idempotencyKey, ...body } = parseWith(BulkLine, readJson(line.bytes))
    refuseDocumentReference(body.input)
    const { tenantId, actor } = about.who
    await requireWorkflow(deps, tenantId, body.workflow)
    const key = idempotencyKey ?? (about.key === undefined ? undefined : `${about.key}/${line.number}`)
    const { batchId, marks } = about
    const { traceparent: trace, correlationId } = marks
    const sent = { tenantId, actor, origin: 'bulk', batchId, trace, correlationId, key }
    return { line: line.number, request: submitRequest(body, sent) }
  } catch (error) {
    return { line: line.number, refused: refuseLine(line.number, error, about) }
  }
}

/** One failing call must not cut the stream: the lines of the chunk are answered, and can be sent again. */
async function submitAll(deps: GatewayDeps, requests: readonly SubmitRequest[]): Promise<(Submitted | Problem)[]> {
  if (requests.length === 0) return []
  try {
    return await deps.engine.submitJobs(requests)
  } catch (error) {
    const problem = toProblem(error)
    deps.log.error({ code: problem.code, lines: requests.length, err: error }, 'chunk of a bulk request failed')
    return requests.map(() => problem)
  }
}

function answerLine(line: number, outcome: Submitted | Problem | undefined, about: About): LineAnswer {
  try {
    if (outcome === undefined) throw new Problem('internal.error', 'The line was not answered.')
    if (outcome instanceof Problem) throw outcome
    const { status } = answerAccepted(outcome)
    return { line, status, ...('jobId' in outcome ? { id: outcome.jobId } : {}) }
  } catch (error) {
    return refuseLine(line, error, about)
  }
}

function refuseLine(line: number, error: unknown, { marks }: About): LineAnswer {
  const { code, status, message: detail, errors, more } = toProblem(error)
  const { title } = PROBLEMS[code]
  return {
    line,
    status,
    problem: {
      type: `/problems/${code}`,
      title,
      status,
      detail,
      code,
      traceId: marks.traceId,
      ...(errors ? { errors } : {}),
      ...more,
    },
  }
}
