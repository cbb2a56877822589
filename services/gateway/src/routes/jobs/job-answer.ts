import type { Step } from '@stageline/domain'
import { ERROR_KINDS, HISTORY_EVENTS, isFinalStep, JOB_STATES, STEP_STATES } from '@stageline/domain'
import type { JobRow, JobView } from '@stageline/engine/ports'
import { z } from 'zod'
import { Id } from '../../http/id.ts'

const Time = z.iso.datetime()

export const JobSummary = z
  .object({
    id: Id,
    workflow: z.string(),
    version: z.number().int(),
    state: z.enum(JOB_STATES),
    stage: z.string().nullable(),
    priority: z.number(),
    businessKey: z.string().nullable(),
    tags: z.array(z.string()),
    batchId: Id.nullable(),
    origin: z.string(),
    actor: z.string(),
    replayOf: Id.nullable(),
    createdAt: Time,
    updatedAt: Time,
    finishedAt: Time.nullable(),
  })
  .meta({ id: 'JobSummary' })

const StepAnswer = z
  .object({
    key: z.string(),
    stage: z.string(),
    state: z.enum(STEP_STATES),
    dependsOn: z.array(z.string()),
    attempt: z.number().int(),
    until: z.string().nullable().meta({
      description:
        'Waiting, retrying: when it goes on. Processing: when the claim runs out unless it is renewed. Queued: when it has waited too long',
    }),
    lockedBy: z.string().nullable().meta({ description: 'The worker that has claimed it, while it is processing' }),
    lockAgeMs: z.number().int().nullable().meta({ description: 'How long that worker has had it' }),
    hasCheckpoint: z.boolean().meta({ description: 'Its handler has left something for the next try' }),
    reason: z.string().nullable(),
    /** The message that carried it last, as Bull Board names it. */
    message: z.string().nullable(),
    hasOutput: z.boolean(),
  })
  .meta({ id: 'Step' })

/** What finds it in a tracing system, and beside what else its sender did. */
export const Traceparent = z
  .string()
  .nullable()
  .meta({ description: 'W3C `traceparent` of the request that submitted the job, where there was one' })
export const CorrelationId = z.string().nullable().meta({ description: '`X-Correlation-Id` of that request' })

export const JobAnswer = JobSummary.extend({
  traceparent: Traceparent,
  deadline: Time.nullable().meta({ description: 'When the job as a whole has taken too long' }),
  steps: z.array(StepAnswer),
  warnings: z.array(z.string()),
  lastError: z
    .object({ code: z.string(), message: z.string(), kind: z.enum(ERROR_KINDS), step: z.string(), at: z.string() })
    .nullable(),
  decisions: z.array(z.object({ step: z.string().nullable(), decision: z.unknown(), at: z.string() })),
  openTasks: z.array(Id),
  archivedAt: Time.nullable().meta({
    description: 'When it left for an archive: it is read and replayed as before, and stands in no list',
  }),
}).meta({ id: 'Job' })

/** Answers name what they show: a new column never leaks by itself. */
export const showJobRow = (row: JobRow): z.input<typeof JobSummary> => ({
  id: row.id,
  workflow: row.workflow,
  version: row.version,
  state: row.state,
  stage: row.stage,
  priority: row.priority,
  businessKey: row.businessKey,
  tags: row.tags,
  batchId: row.batchId,
  origin: row.origin,
  actor: row.actor,
  replayOf: row.replayOf,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  finishedAt: row.finishedAt,
})

export const showJob = (view: JobView): z.input<typeof JobAnswer> => ({
  ...showJobRow(view),
  traceparent: view.job.trace,
  deadline: view.job.deadline,
  steps: view.definition.steps.map(({ key, stage, dependsOn }) => {
    const step = view.job.steps[key]
    return {
      key,
      stage,
      state: step?.state ?? 'pending',
      dependsOn,
      attempt: step?.attempt ?? 0,
      until: (step && !isFinalStep(step.state) && step.until) || null,
      lockedBy: step?.worker ?? null,
      lockAgeMs: step?.worker === undefined ? null : lockAgeMs(step, view.readAt),
      hasCheckpoint: step?.checkpoint !== undefined,
      reason: step?.reason ?? null,
      message: step?.message ?? null,
      hasOutput: step?.output !== undefined,
    }
  }),
  warnings: [...view.job.warnings],
  lastError: view.lastError && showError(view.lastError),
  decisions: view.decisions,
  openTasks: view.openTasks,
  archivedAt: view.archivedAt,
})

/** A claim is the last thing that the step entered; what a step entered is told by its next history entry only. */
function lockAgeMs({ entered = [] }: Step, readAt: string): number | null {
  const claimedAt = entered.findLast(([state]) => state === 'processing')?.[1]
  return claimedAt === undefined ? null : Math.max(0, Date.parse(readAt) - Date.parse(claimedAt))
}

const showError = ({ code, message, kind, step, at }: NonNullable<JobView['lastError']>) => ({
  code,
  message,
  kind: ERROR_KINDS.find((known) => known === kind) ?? ('unknown' as const),
  step,
  at,
})

export const HistoryAnswer = z
  .object({
    seq: z.number().int(),
    at: z.string(),
    event: z.enum(HISTORY_EVENTS),
    step: z.string().nullable(),
    stage: z.string().nullable(),
    attempt: z.number().int().nullable(),
    path: z.array(z.enum(STEP_STATES)),
    times: z.array(z.string()),
    jobFrom: z.enum(JOB_STATES),
    jobTo: z.enum(JOB_STATES),
    actor: z.string(),
    reason: z.string().nullable(),
    failure: z.unknown(),
    data: z.unknown(),
  })
  .meta({ id: 'HistoryEntry' })
