import { JOB_STATES } from '@stageline/domain'
import type { JobFilter } from '@stageline/engine/ports'
import { z } from 'zod'
import { Id } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { answerPage, listOf, pageOf, PageQuery } from '../../http/page.ts'
import { withoutGaps } from '../../http/without-gaps.ts'
import { JobSummary, showJobRow } from './job-answer.ts'

const JobQuery = z.strictObject({
  state: listOf(z.enum(JOB_STATES)).optional().meta({ description: 'One or more, separated by commas' }),
  stage: z.string().max(63).optional(),
  workflow: z.string().max(63).optional(),
  batch: Id.optional(),
  businessKey: z.string().max(200).optional(),
  tag: z.string().max(64).optional(),
  createdAfter: z.iso.datetime({ offset: true }).optional(),
  createdBefore: z.iso.datetime({ offset: true }).optional(),
  ...PageQuery,
})

export const listJobs = operation({
  id: 'listJobs',
  method: 'get',
  path: '/v1/jobs',
  tag: 'Jobs',
  summary: 'List jobs, newest first',
  query: JobQuery,
  answers: {
    200: {
      description: 'A page of jobs',
      schema: pageOf(JobSummary).meta({ id: 'JobPage' }),
      headers: { Link: 'The next page, `rel="next"`' },
    },
  },
  problems: ['request.invalid', 'request.bad_cursor'],
  examples: [
    { name: 'Jobs that wait for a person', query: { state: 'suspended', limit: '20' }, status: 200 },
    { name: 'By business key', query: { businessKey: 'NXR-4K7-0603' }, status: 200 },
    { name: 'A state that does not exist', query: { state: 'lost' }, status: 400 },
  ],
  handle: async ({ query: { cursor, limit, ...query }, who, request, deps }) => {
    const page = await deps.reader.jobs(
      who.tenantId,
      toFilter(query),
      cursor === undefined ? { limit } : { cursor, limit },
    )
    return answerPage(request, page, showJobRow)
  },
})

function toFilter({
  batch,
  createdAfter,
  createdBefore,
  ...same
}: Omit<z.output<typeof JobQuery>, 'cursor' | 'limit'>): JobFilter {
  return withoutGaps({
    ...same,
    batchId: batch,
    createdAfter: createdAfter === undefined ? undefined : new Date(createdAfter),
    createdBefore: createdBefore === undefined ? undefined : new Date(createdBefore),
  })
}
