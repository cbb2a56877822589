import type { BulkItem } from '@stageline/engine/ports'
import type { Response } from 'express'
import { once } from 'node:events'
import { z } from 'zod'
import { IdParams } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { answerPage, pageOf, PageQuery } from '../../http/page.ts'
import { unknownResource } from '../../http/problems.ts'
import { EXAMPLE } from '../example-ids.ts'
import { BulkActionAnswer, BulkLine, showBulkAction, showLine } from './bulk-answer.ts'

export const readBulkAction = operation({
  id: 'getBulkAction',
  method: 'get',
  path: '/v1/bulk-actions/{id}',
  tag: 'Jobs',
  summary: 'Read how far an action on many jobs is',
  params: IdParams,
  answers: { 200: { description: 'What was asked, by whom, and counts of what came of it', schema: BulkActionAnswer } },
  problems: ['resource.unknown'],
  examples: [{ name: 'One', params: { id: EXAMPLE.bulkAction }, status: 200 }],
  handle: async ({ params: { id }, who: { tenantId }, deps }) => {
    const view = await deps.bulk.get(tenantId, id)
    if (!view) throw unknownResource()
    return { status: 200, body: showBulkAction(view, deps.now()) }
  },
})

export const listBulkActions = operation({
  id: 'listBulkActions',
  method: 'get',
  path: '/v1/bulk-actions',
  tag: 'Jobs',
  summary: 'List actions on many jobs, newest first',
  query: z.strictObject(PageQuery),
  answers: { 200: { description: 'A page of them', schema: pageOf(BulkActionAnswer).meta({ id: 'BulkActionPage' }) } },
  problems: ['request.invalid', 'request.bad_cursor'],
  examples: [{ name: 'The latest', query: { limit: '10' }, status: 200 }],
  handle: async ({ query: { cursor, limit }, who, request, deps }) => {
    const page = await deps.bulk.list(who.tenantId, cursor === undefined ? { limit } : { cursor, limit })
    return answerPage(request, page, (view) => showBulkAction(view, deps.now()))
  },
})

export const stopBulkAction = operation({
  id: 'stopBulkAction',
  method: 'post',
  path: '/v1/bulk-actions/{id}:stop',
  tag: 'Jobs',
  summary: 'Stop an action on many jobs',
  description: 'From then on no further job is changed for it; what was done stays. One that has ended stays as it is.',
  params: IdParams,
  answers: { 200: { description: 'How it is now', schema: BulkActionAnswer } },
  problems: ['resource.unknown'],
  examples: [{ name: 'One that goes on', params: { id: EXAMPLE.bulkAction }, status: 200 }],
  handle: async ({ params: { id }, who: { tenantId, actor }, deps }) => {
    await deps.bulk.stop(tenantId, id, actor)
    const view = await deps.bulk.get(tenantId, id)
    if (!view) throw unknownResource()
    return { status: 200, body: showBulkAction(view, deps.now()) }
  },
})

const PAGE = 2_000

export const readBulkResult = operation({
  id: 'getBulkResult',
  method: 'get',
  path: '/v1/bulk-actions/{id}/result',
  tag: 'Jobs',
  summary: 'Stream what came of each job, one JSON object a line',
  description: 'In the order of the ids of the jobs. While it goes on, jobs that come later are `not_reached`.',
  params: IdParams,
  answers: { 200: { description: 'A line for each chosen job', schema: BulkLine, type: 'application/x-ndjson' } },
  problems: ['resource.unknown'],
  examples: [{ name: 'The result file', params: { id: EXAMPLE.bulkAction }, status: 200 }],
  handle: async ({ params: { id }, who: { tenantId }, response, deps: { bulk } }) => {
    if (!(await bulk.get(tenantId, id))) throw unknownResource()
    const first = await bulk.items(tenantId, id, null, PAGE)
    response.status(200).set({
      'Content-Type': 'application/x-ndjson',
      'Content-Disposition': `attachment; filename="bulk-action-${id}.ndjson"`,
      'Cache-Control': 'no-store',
    })
    await writeAll(response, first, (after) => bulk.items(tenantId, id, after, PAGE))
  },
})

async function writeAll(
  response: Response,
  first: readonly BulkItem[],
  next: (after: string) => Promise<readonly BulkItem[]>,
): Promise<void> {
  for (let page = first; page.length > 0; page = await next(page.at(-1)!.jobId)) {
    const isTaken = response.write(page.map((item) => `${JSON.stringify(showLine(item))}\n`).join(''))
    if (response.destroyed) return
    if (!isTaken) await Promise.race([once(response, 'drain'), once(response, 'close')])
  }
  response.end()
}
