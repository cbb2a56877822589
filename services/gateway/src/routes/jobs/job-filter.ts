import { JOB_STATES, PRIORITY_LEVELS, SourceKey } from '@stageline/domain'
import type { JobFilter } from '@stageline/engine/ports'
import { z } from 'zod'
import { Id } from '../../http/id.ts'
import { listOf } from '../../http/page.ts'
import { withoutGaps } from '../../http/without-gaps.ts'

/** By what jobs are chosen, in lists and for what is done to many of them. */
export const JOB_FILTER = {
  state: listOf(z.enum(JOB_STATES)).optional().meta({ description: 'One or more, separated by commas' }),
  stage: z.string().max(63).optional().meta({ description: 'Where an open job is' }),
  workflow: z.string().max(63).optional(),
  batch: Id.optional(),
  businessKey: z.string().max(200).optional(),
  tag: z.string().max(64).optional(),
  source: SourceKey.optional().meta({ description: 'Read from this source' }),
  priority: z.enum(PRIORITY_LEVELS).optional().meta({ description: '`high` from 0.7 on, `low` below 0.4' }),
  errorCode: z.string().max(100).optional().meta({ description: 'Of the last failure, as `lastError.code` of a job' }),
  createdAfter: z.iso.datetime({ offset: true }).optional(),
  createdBefore: z.iso.datetime({ offset: true }).optional(),
}

export type GivenFilter = z.output<z.ZodObject<typeof JOB_FILTER>>

export function toFilter({ batch, createdAfter, createdBefore, ...same }: GivenFilter): JobFilter {
  return withoutGaps({
    ...same,
    batchId: batch,
    createdAfter: createdAfter === undefined ? undefined : new Date(createdAfter),
    createdBefore: createdBefore === undefined ? undefined : new Date(createdBefore),
  })
}

/** In the words in which it was given. */
export function showFilter({
  batchId,
  createdAfter,
  createdBefore,
  ids: _ids,
  state,
  ...same
}: JobFilter): GivenFilter {
  return withoutGaps({
    ...same,
    state: state && [...state],
    batch: batchId,
    createdAfter: createdAfter?.toISOString(),
    createdBefore: createdBefore?.toISOString(),
  })
}
