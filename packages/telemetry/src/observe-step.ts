import type { ErrorKind, StepEnd, StepInfo } from '@stageline/domain'
import type { Span } from '@opentelemetry/api'
import { describeError, describeFailure } from './describe-error.ts'
import { endSpan } from './end-span.ts'
import type { LineName } from './names.ts'
import { ATTRIBUTES, LINES } from './names.ts'
import type { ObserverDeps } from './observer.ts'

/** Runs one delivery of a step within its span, and tells how it ended. What `run` throws is not caught, only counted. */
export async function observeStep(info: StepInfo, run: () => Promise<StepEnd>, deps: ObserverDeps): Promise<StepEnd> {
  const { context, tracing, metrics } = deps
  const { stage, waitedMs, trace } = info
  const scope = tracing.open({
    name: `process ${stage}`,
    kind: 'CONSUMER',
    parent: trace,
    attributes: () => attributesOf(info, deps),
  })
  if (waitedMs !== null) metrics.observe('stageline_step_wait_seconds', waitedMs / 1_000, { stage })
  const began = performance.now()
  return context.run(scope, async () => {
    try {
      const end = await run()
      tell(info, end, performance.now() - began, scope.span, deps)
      return end
    } catch (error) {
      measure(stage, 'threw', performance.now() - began, deps)
      endSpan(scope.span, { error: describeError(error), attributes: { [ATTRIBUTES.outcome]: 'threw' } })
      throw error
    }
  })
}

function tell(info: StepInfo, end: StepEnd, durationMs: number, span: Span | null, deps: ObserverDeps): void {
  measure(info.stage, end.outcome, durationMs, deps)
  const failure = 'failure' in end ? end.failure : undefined
  if (failure) deps.metrics.add('stageline_step_failures_total', 1, { stage: info.stage, kind: failure.kind })
  write(info, end, durationMs, deps)
  if (!span) return
  endSpan(span, {
    error: end.outcome === 'failed' ? describeFailure(end.failure) : undefined,
    attributes: { [ATTRIBUTES.outcome]: end.outcome },
  })
}

function measure(stage: string, outcome: string, durationMs: number, { metrics }: ObserverDeps): void {
  metrics.add('stageline_steps_total', 1, { stage, outcome })
  metrics.observe('stageline_step_duration_seconds', durationMs / 1_000, { stage })
}

function write(info: StepInfo, end: StepEnd, durationMs: number, { logger }: ObserverDeps): void {
  const { jobId, step, stage, workflow, attempt, batchId, tenantId } = info
  const line = lineOf(end)
  const { level, message } = LINES[line]
  const how =
    'failure' in end
      ? { code: end.failure.code, error: end.failure }
      : line === 'stepUnwanted'
        ? { outcome: end.outcome }
        : undefined
  const fields = { jobId, step, stage, workflow, attempt, batchId, tenantId, durationMs: tenths(durationMs), ...how }
  logger[level](fields, message)
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10

/** Retries do not help these: the step stands before a person at once. */
const FOR_PEOPLE: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['data', 'poison'])

function lineOf(end: StepEnd): LineName {
  switch (end.outcome) {
    case 'completed':
      return 'stepCompleted'
    case 'returned':
      return 'stepGivenBack'
    case 'stale':
    case 'lost':
      return 'stepUnwanted'
    case 'waiting':
      return 'stepWaiting'
    case 'failed':
      return FOR_PEOPLE.has(end.failure.kind) ? 'stepNeedsPerson' : 'stepFailed'
  }
}

const attributesOf = ({ stage, workflow, step, attempt, jobId }: StepInfo, { instanceId }: ObserverDeps) => ({
  [ATTRIBUTES.messagingSystem]: 'bullmq',
  [ATTRIBUTES.messagingDestination]: stage,
  [ATTRIBUTES.messagingOperation]: 'process',
  [ATTRIBUTES.messagingOperationType]: 'process',
  [ATTRIBUTES.messagingClient]: instanceId,
  [ATTRIBUTES.stage]: stage,
  [ATTRIBUTES.workflow]: workflow,
  [ATTRIBUTES.step]: step,
  [ATTRIBUTES.attempt]: attempt,
  [ATTRIBUTES.jobId]: jobId,
})
