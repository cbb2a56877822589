import { z } from 'zod'
import { Id } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { HistoryAnswer } from '../jobs/job-answer.ts'

export const listActivity = operation({
  id: 'listRecentActivity',
  method: 'get',
  path: '/v1/views/recent-activity',
  tag: 'Views',
  summary: 'List what happened last, the latest first',
  description: 'Of the 500 newest jobs. `/v1/events` tells everything that happens, to all jobs.',
  query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  answers: {
    200: {
      description: 'The latest entries',
      schema: z
        .object({
          items: z.array(
            z.object({
              jobId: Id,
              workflow: z.string(),
              ...HistoryAnswer.omit({ data: true, failure: true }).shape,
              code: z.string().nullable().meta({ description: 'Of the failure, where it is one' }),
            }),
          ),
        })
        .meta({ id: 'RecentActivity' }),
    },
  },
  problems: ['request.invalid'],
  examples: [{ name: 'The last ten', query: { limit: '10' }, status: 200 }],
  handle: async ({ query, who, deps }) => {
    const activity = await deps.figures.activity(who.tenantId, query.limit)
    const items = activity.map(({ jobId, workflow, entry, code }) => ({ jobId, workflow, ...entry, code }))
    return { status: 200, body: { items } }
  },
})
