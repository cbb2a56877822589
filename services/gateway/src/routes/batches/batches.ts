import { isFinalJob, JOB_STATES, type JobState } from '@stageline/domain'
import type { BatchView } from '@stageline/engine/ports'
import { z } from 'zod'
import { Id, IdParams } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { answerPage, pageOf, PageQuery } from '../../http/page.ts'
import { unknownResource } from '../../http/problems.ts'
import { EXAMPLE } from '../example-ids.ts'

const BatchAnswer = z
  .object({
    id: Id,
    name: z.string().nullable(),
    actor: z.string(),
    createdAt: z.string(),
    total: z.number().int(),
    byState: z.partialRecord(z.enum(JOB_STATES), z.number().int()),
    finished: z.number().int(),
    percent: z.number().meta({ description: 'Share of jobs that have ended, 0 to 100, rounded down' }),
  })
  .meta({ id: 'Batch' })

const showBatch = ({ id, name, actor, createdAt, total, byState }: BatchView): z.input<typeof BatchAnswer> => {
  const finished = JOB_STATES.filter(isFinalJob).reduce((sum, state: JobState) => sum + (byState[state] ?? 0), 0)
  const percent = total === 0 ? 100 : Math.floor((finished * 100) / total)
  return { id, name, actor, createdAt, total, byState, finished, percent }
}

export const readBatch = operation({
  id: 'getBatch',
  method: 'get',
  path: '/v1/batches/{id}',
  tag: 'Batches',
  summary: 'Read how far a batch is',
  params: IdParams,
  answers: { 200: { description: 'Counts by state and the share that has ended', schema: BatchAnswer } },
  problems: ['resource.unknown'],
  examples: [{ name: 'A batch', params: { id: EXAMPLE.batch }, status: 200 }],
  handle: async ({ params, who, deps }) => {
    const batch = await deps.reader.batch(who.tenantId, params.id)
    if (!batch) throw unknownResource()
    return { status: 200, body: showBatch(batch) }
  },
})

export const listBatches = operation({
  id: 'listBatches',
  method: 'get',
  path: '/v1/batches',
  tag: 'Batches',
  summary: 'List batches, newest first',
  query: z.strictObject(PageQuery),
  answers: { 200: { description: 'A page of batches', schema: pageOf(BatchAnswer).meta({ id: 'BatchPage' }) } },
  problems: ['request.invalid', 'request.bad_cursor'],
  examples: [{ name: 'The latest batches', query: { limit: '10' }, status: 200 }],
  handle: async ({ query: { cursor, limit }, who, request, deps }) => {
    const page = await deps.reader.batches(who.tenantId, cursor === undefined ? { limit } : { cursor, limit })
    return answerPage(request, page, showBatch)
  },
})
