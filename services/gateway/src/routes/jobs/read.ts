import { IdParams } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { unknownResource } from '../../http/problems.ts'
import { EXAMPLE } from '../example-ids.ts'
import { JobAnswer, showJob } from './job-answer.ts'

export const readJob = operation({
  id: 'getJob',
  method: 'get',
  path: '/v1/jobs/{id}',
  tag: 'Jobs',
  summary: 'Read one job: its state, steps, last error, decisions and open tasks',
  params: IdParams,
  answers: { 200: { description: 'The job', schema: JobAnswer } },
  problems: ['resource.unknown'],
  examples: [
    { name: 'A job', params: { id: EXAMPLE.job }, status: 200 },
    { name: 'An id that nobody has', params: { id: '019a2b3c-0000-7000-8000-000000000000' }, status: 404 },
  ],
  handle: async ({ params, who, deps }) => {
    const job = await deps.reader.job(who.tenantId, params.id)
    if (!job) throw unknownResource()
    return { status: 200, body: showJob(job) }
  },
})
