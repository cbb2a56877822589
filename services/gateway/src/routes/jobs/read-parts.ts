import { z } from 'zod'
import { IdParams } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { unknownResource } from '../../http/problems.ts'
import type { Call } from '../../http/operation.ts'
import { EXAMPLE } from '../example-ids.ts'
import { HistoryAnswer, Traceparent } from './job-answer.ts'

type JobCall = Pick<Call<z.output<typeof IdParams>, unknown, unknown>, 'params' | 'who' | 'deps'>

const about = { method: 'get', tag: 'Jobs', params: IdParams, problems: ['resource.unknown'] } as const

export const readJobHistory = operation({
  ...about,
  id: 'getJobHistory',
  path: '/v1/jobs/{id}/history',
  summary: 'Read everything that happened to a job, in order',
  answers: {
    200: {
      description: 'Its whole history',
      schema: z.object({ traceparent: Traceparent, items: z.array(HistoryAnswer) }).meta({ id: 'History' }),
    },
  },
  examples: [{ name: 'The history of a job', params: { id: EXAMPLE.job }, status: 200 }],
  handle: async (call) => {
    const { job } = await requireJob(call)
    const items = await call.deps.reader.history(call.who.tenantId, call.params.id)
    return { status: 200, body: { traceparent: job.trace, items } }
  },
})

export const readJobInput = operation({
  ...about,
  id: 'getJobInput',
  path: '/v1/jobs/{id}/input',
  summary: 'Read what was submitted',
  answers: { 200: { description: 'The input as it was stored', schema: z.unknown() } },
  examples: [{ name: 'The input of a job', params: { id: EXAMPLE.job }, status: 200 }],
  handle: async (call) => {
    await requireJob(call)
    return { status: 200, body: await call.deps.reader.input(call.who.tenantId, call.params.id) }
  },
})

const ResultAnswer = z
  .object({
    state: z.string(),
    result: z.unknown().meta({ description: 'Output of the last step; null as long as there is none' }),
    outputs: z.record(z.string(), z.unknown()).meta({ description: 'Output of each step that has one' }),
  })
  .meta({ id: 'JobResult' })

export const readJobResult = operation({
  ...about,
  id: 'getJobResult',
  path: '/v1/jobs/{id}/result',
  summary: 'Read what a job has come to, the outputs of its steps included',
  answers: { 200: { description: 'The result and the outputs so far', schema: ResultAnswer } },
  examples: [{ name: 'The result of a job', params: { id: EXAMPLE.finishedJob }, status: 200 }],
  handle: async (call) => {
    const { state } = await requireJob(call)
    const { result = null, outputs } = await call.deps.reader.outputs(call.who.tenantId, call.params.id)
    return { status: 200, body: { state, result, outputs } }
  },
})

async function requireJob({ params, who, deps }: JobCall) {
  const job = await deps.reader.job(who.tenantId, params.id)
  if (!job) throw unknownResource()
  return job
}
