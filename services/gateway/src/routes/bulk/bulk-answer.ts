import { JOB_STATES } from '@stageline/domain'
import {
  BULK_KINDS,
  BULK_OUTCOMES,
  BULK_STATES,
  type BulkItem,
  type BulkView,
  type JobCount,
} from '@stageline/engine/ports'
import { z } from 'zod'
import { etaOf } from '../../http/eta-of.ts'
import { Id } from '../../http/id.ts'
import { JobSummary } from '../jobs/job-answer.ts'
import { JOB_FILTER, showFilter } from '../jobs/job-filter.ts'

const count = z.number().int()

export const BulkFilter = z
  .strictObject(JOB_FILTER)
  .refine((filter) => Object.values(filter).some((value) => value !== undefined), {
    message: 'Name at least one thing by which jobs are chosen; `state` takes all jobs in it.',
  })
  .meta({ id: 'JobFilter', description: 'The words of `GET /v1/jobs`; a job fits that fits all of them' })

export const BulkCountAnswer = z
  .object({
    count: count.meta({ description: 'Jobs that would be chosen now' }),
    isExact: z.boolean().meta({ description: 'False: there are too many to look at all of them, so many at least' }),
    byState: z.partialRecord(z.enum(JOB_STATES), count),
    sample: z.array(JobSummary).meta({ description: 'The newest 20' }),
  })
  .meta({ id: 'BulkCount' })

export const BulkActionAnswer = z
  .object({
    id: Id,
    kind: z.enum(BULK_KINDS),
    filter: z.strictObject(JOB_FILTER),
    reason: z.string().nullable(),
    actor: z.string(),
    state: z.enum(BULK_STATES).meta({
      description:
        '`waiting`: for an orchestrator or its next try; `running`; `stopping`; `completed`; `failed`: see `error`; `stopped`: what was done stays',
    }),
    total: count.meta({ description: 'Jobs that were chosen; so far, as long as `chosenAt` is null' }),
    done: count,
    skipped: count.meta({ description: 'Their state did not allow it any more' }),
    failed: count,
    reasons: z.record(z.string(), count).meta({ description: 'Why jobs were skipped or failed: codes and numbers' }),
    percent: z.number().meta({ description: 'Share of the chosen jobs that are through, 0 to 100, rounded down' }),
    etaAt: z
      .string()
      .nullable()
      .meta({ description: 'When it ends at the pace so far; null while that cannot be told' }),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    nextTryAt: z.string().nullable(),
    createdAt: z.string(),
    chosenAt: z.string().nullable().meta({ description: 'When all of its jobs were chosen' }),
    updatedAt: z.string(),
    finishedAt: z.string().nullable(),
    stoppedBy: z.string().nullable(),
  })
  .meta({ id: 'BulkAction' })

/** @param now by the clock of the record */
export function showBulkAction(view: BulkView, now: Date): z.input<typeof BulkActionAnswer> {
  const { id, kind, filter, reason, actor, state, total, progress, error, nextTryAt, createdAt, chosenAt } = view
  const { done, skipped, failed, reasons } = progress
  const through = done + skipped + failed
  const isGoingOn = chosenAt !== null && view.finishedAt === null
  const pace = { since: Date.parse(chosenAt ?? createdAt), now: now.getTime(), finished: through, expected: total }
  return {
    id,
    kind,
    filter: showFilter(filter),
    reason,
    actor,
    state,
    total,
    done,
    skipped,
    failed,
    reasons: { ...reasons },
    percent: percentOf(through, view),
    etaAt: isGoingOn ? etaOf(pace) : null,
    error,
    nextTryAt,
    createdAt,
    chosenAt,
    updatedAt: view.updatedAt,
    finishedAt: view.finishedAt,
    stoppedBy: view.stoppedBy,
  }
}

function percentOf(through: number, { total, chosenAt }: BulkView): number {
  if (chosenAt === null) return 0
  return total === 0 ? 100 : Math.floor((through * 100) / total)
}

export const showCount = ({ count: jobs, isExact, byState }: JobCount) => ({ count: jobs, isExact, byState })

export const BulkLine = z
  .object({
    jobId: Id,
    outcome: z.enum([...BULK_OUTCOMES, 'not_reached']),
    code: z.string().nullable().meta({ description: 'Why it was skipped, or failed' }),
    detail: z.string().nullable(),
    at: z.string().nullable(),
  })
  .meta({ id: 'BulkLine' })

export const showLine = ({ jobId, outcome, code, detail, at }: BulkItem): z.input<typeof BulkLine> => ({
  jobId,
  outcome: outcome ?? 'not_reached',
  code,
  detail,
  at,
})
