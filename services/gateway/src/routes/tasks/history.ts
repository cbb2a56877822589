import { DESK_EVENTS } from '@stageline/engine/ports'
import { z } from 'zod'
import { IdParams } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { unknownResource } from '../../http/problems.ts'
import { EXAMPLE } from '../example-ids.ts'

const DeskEntryAnswer = z
  .object({
    seq: z.number().int(),
    at: z.string(),
    event: z.enum(DESK_EVENTS),
    from: z.string().nullable().meta({ description: 'The state before; null at first, equal to `to` where it stayed' }),
    to: z.string(),
    actor: z.string(),
    reason: z.string().nullable(),
    data: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'DeskEntry' })

export const DeskHistoryAnswer = z.object({ items: z.array(DeskEntryAnswer) }).meta({ id: 'DeskHistory' })

export const readTaskHistory = operation({
  id: 'getTaskHistory',
  method: 'get',
  path: '/v1/tasks/{id}/history',
  tag: 'Tasks',
  summary: 'Read who did what to a task, and when, with its comments',
  params: IdParams,
  answers: { 200: { description: 'Its history in order', schema: DeskHistoryAnswer } },
  problems: ['resource.unknown'],
  examples: [{ name: 'The history of a task', params: { id: EXAMPLE.task }, status: 200 }],
  handle: async ({ params, who, deps }) => {
    if (!(await deps.reader.task(who.tenantId, params.id))) throw unknownResource()
    return { status: 200, body: { items: await deps.desk.entries(who.tenantId, params.id) } }
  },
})
