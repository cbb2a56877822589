import { z } from 'zod'
import { operation } from '../../http/operation.ts'
import { answerPage, pageOf, PageQuery } from '../../http/page.ts'
import { JOB_FILTER, toFilter } from './job-filter.ts'
import { JobSummary, showJobRow } from './job-answer.ts'

const JobQuery = z.strictObject({ ...JOB_FILTER, ...PageQuery })

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
    { name: 'What fails alike', query: { state: 'suspended', errorCode: 'provider.unavailable' }, status: 200 },
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
