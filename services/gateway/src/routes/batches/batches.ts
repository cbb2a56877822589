import { z } from 'zod'
import { IdParams } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { answerPage, pageOf, PageQuery } from '../../http/page.ts'
import { Problem, unknownResource } from '../../http/problems.ts'
import { EXAMPLE } from '../example-ids.ts'
import { BatchAnswer, showBatch } from './run-answer.ts'

export const readBatch = operation({
  id: 'getBatch',
  method: 'get',
  path: '/v1/batches/{id}',
  tag: 'Batches',
  summary: 'Read how far a batch is',
  params: IdParams,
  answers: {
    200: {
      description: 'Counts by state, the share that has ended, and how far its source is read',
      schema: BatchAnswer,
    },
  },
  problems: ['resource.unknown'],
  examples: [{ name: 'A batch', params: { id: EXAMPLE.batch }, status: 200 }],
  handle: async ({ params: { id }, who: { tenantId }, deps }) => {
    const [batch, run] = await Promise.all([deps.reader.batch(tenantId, id), deps.runs.get(tenantId, id)])
    if (!batch) throw unknownResource()
    return { status: 200, body: showBatch(batch, deps.now(), run) }
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
    return answerPage(request, page, (batch) => showBatch(batch, deps.now()))
  },
})

export const stopBatch = operation({
  id: 'stopBatch',
  method: 'post',
  path: '/v1/batches/{id}:stop',
  tag: 'Batches',
  summary: 'Stop reading a batch from its source',
  description: 'The jobs that were submitted go on; the next batch of new records begins where this one stood.',
  params: IdParams,
  answers: { 200: { description: 'The batch as it is now', schema: BatchAnswer } },
  problems: ['resource.unknown', 'action.refused'],
  examples: [{ name: 'A batch that is being read', params: { id: EXAMPLE.run }, status: 200 }],
  handle: async ({ params: { id }, who: { tenantId }, deps }) => {
    const [batch, before] = await Promise.all([deps.reader.batch(tenantId, id), deps.runs.get(tenantId, id)])
    if (!batch) throw unknownResource()
    if (!before) throw new Problem('action.refused', 'The batch is not read from a source: cancel its jobs instead.')
    await deps.runs.stop(tenantId, id)
    return { status: 200, body: showBatch(batch, deps.now(), await deps.runs.get(tenantId, id)) }
  },
})
