import { ERROR_KINDS } from '@stageline/domain'
import { z } from 'zod'
import { Id } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { msOf, TimeRangeQuery, WINDOW_BOUND } from './time-range.ts'

export const listFailures = operation({
  id: 'listFailures',
  method: 'get',
  path: '/v1/failures',
  tag: 'Views',
  summary: 'List how jobs failed, by class, code and stage, the most frequent first',
  description: `Failed attempts, those that a retry cured included. ${WINDOW_BOUND}`,
  query: TimeRangeQuery,
  answers: {
    200: {
      description: 'The failures',
      schema: z
        .object({
          items: z.array(
            z.object({
              kind: z.string().meta({ description: `The class: ${ERROR_KINDS.join(', ')}` }),
              code: z.string(),
              stage: z.string().nullable(),
              failures: z.number().int(),
              jobs: z.number().int(),
              lastAt: z.string(),
              lastJobId: Id,
            }),
          ),
        })
        .meta({ id: 'FailureList' }),
    },
  },
  problems: ['request.invalid'],
  examples: [{ name: 'Of a day', query: { time_range: '24h' }, status: 200 }],
  handle: async ({ query, who, deps }) => ({
    status: 200,
    body: { items: await deps.figures.failures(who.tenantId, msOf(query.time_range)) },
  }),
})
