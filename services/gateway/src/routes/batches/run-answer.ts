import { isFinalJob, JOB_STATES, Route, type JobState } from '@stageline/domain'
import { RUN_STATES, type BatchView, type RunView } from '@stageline/engine/ports'
import { z } from 'zod'
import { etaOf } from '../../http/eta-of.ts'
import { Id } from '../../http/id.ts'

const count = z.number().int()

export const FilterBody = z.strictObject({
  minPriority: z.number().min(0).max(1).optional().meta({ description: 'By the priority column of the source' }),
  equals: z
    .record(z.string().min(1).max(200), z.union([z.string().max(1_000), z.number(), z.boolean()]))
    .optional()
    .meta({ description: 'Columns and their values, compared as text' }),
})

export const SampleAnswer = z
  .array(
    z.object({
      position: z.string(),
      businessKey: z.string().nullable(),
      priority: z.number().nullable(),
      input: z.unknown(),
      route: Route.nullable().meta({
        description: 'Where the policy sends it; null where the workflow has none at intake',
      }),
      rule: z.string().nullable(),
      problems: z.array(z.object({ pointer: z.string(), detail: z.string() })),
    }),
  )
  .meta({ description: 'Of a dry run: the first 20, as they would be submitted' })

export const FaultsAnswer = z
  .array(z.object({ position: z.string(), detail: z.string() }))
  .meta({ description: 'The first 100 that were refused, by line or number; `refused` is the number of all' })

const RunAnswer = z
  .object({
    state: z.enum(RUN_STATES).meta({
      description:
        '`waiting`: for an orchestrator or its next try; `reading`; `completed`; `failed`: see `error`, what was submitted stays; `stopped`: by somebody',
    }),
    source: z.string().nullable().meta({ description: 'Null: a file that was uploaded' }),
    workflow: z.string(),
    limit: count.nullable(),
    filter: FilterBody,
    force: Route.nullable(),
    onlyNew: z.boolean(),
    dryRun: z.boolean(),
    read: count,
    submitted: count.meta({ description: 'Of a dry run: would be' }),
    skipped: count.meta({ description: 'By the filter, or since their key came before in this batch' }),
    refused: count,
    routes: z.partialRecord(Route, count).meta({ description: 'Of a dry run: how many would go where' }),
    faults: FaultsAnswer,
    sample: SampleAnswer,
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    nextTryAt: z.string().nullable(),
    updatedAt: z.string(),
    finishedAt: z.string().nullable(),
  })
  .meta({ id: 'BatchRun', description: 'How far its source is read; absent where the jobs were sent in one request' })

export const BatchAnswer = z
  .object({
    id: Id,
    name: z.string().nullable(),
    actor: z.string(),
    createdAt: z.string(),
    total: count,
    byState: z.partialRecord(z.enum(JOB_STATES), count),
    finished: count,
    percent: z.number().meta({ description: 'Share of the jobs so far that have ended, 0 to 100, rounded down' }),
    etaAt: z.string().nullable().meta({
      description: 'When the last job ends at the pace so far; null while that cannot be told, and at the end',
    }),
    run: RunAnswer.optional(),
  })
  .meta({ id: 'Batch' })

/** @param now by the clock of the record */
export function showBatch(batch: BatchView, now: Date, run?: RunView): z.input<typeof BatchAnswer> {
  const { id, name, actor, createdAt, total, byState } = batch
  const finished = JOB_STATES.filter(isFinalJob).reduce((sum, state: JobState) => sum + (byState[state] ?? 0), 0)
  const isBeingRead = run?.finishedAt === null
  const nothingYet = isBeingRead ? 0 : 100
  const percent = total === 0 ? nothingYet : Math.floor((finished * 100) / total)
  const expected = isBeingRead ? run.request.limit : total
  const etaAt =
    expected === null ? null : etaOf({ since: Date.parse(createdAt), now: now.getTime(), finished, expected })
  return { id, name, actor, createdAt, total, byState, finished, percent, etaAt, ...(run ? { run: showRun(run) } : {}) }
}

function showRun({ state, source, request, progress, error, nextTryAt, updatedAt, finishedAt }: RunView) {
  const { read, submitted, skipped, refused, routes, faults, sample } = progress
  return {
    state,
    source,
    ...request,
    read,
    submitted,
    skipped,
    refused,
    routes,
    faults: [...faults],
    sample: sample.map(({ problems, ...one }) => ({ ...one, problems: [...problems] })),
    error,
    nextTryAt,
    updatedAt,
    finishedAt,
  }
}
