import { JOB_STATES } from '@stageline/domain'
import { z } from 'zod'
import { Id } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'

const limit = z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'Jobs, at most' })

const StepsAtWork = z
  .object({
    items: z.array(
      z.object({
        jobId: Id,
        workflow: z.string(),
        jobState: z.enum(JOB_STATES),
        step: z.string(),
        state: z.string(),
        retries: z.number().int(),
        lockedBy: z.string().nullable().meta({ description: 'The worker that has claimed it' }),
        lockAgeMs: z.number().int().nullable().meta({ description: 'How long that worker has had it' }),
        until: z.string().nullable(),
        reason: z.string().nullable(),
        lastError: z.string().nullable().meta({ description: 'Code of the last failure of the job' }),
        updatedAt: z.string(),
      }),
    ),
  })
  .meta({ id: 'StepsAtWork' })

export const readStatus = operation({
  id: 'getStatusView',
  method: 'get',
  path: '/v1/views/status',
  tag: 'Views',
  summary: 'List the steps of open jobs: who has them, for how long, retries, last error',
  description: 'Of the newest open jobs. Claims are noted for steps that run for longer than a moment.',
  query: z.strictObject({ limit }),
  answers: { 200: { description: 'The steps', schema: StepsAtWork } },
  problems: ['request.invalid'],
  examples: [{ name: 'Of the newest ten', query: { limit: '10' }, status: 200 }],
  handle: async ({ query, who, deps }) => ({
    status: 200,
    body: { items: await deps.figures.atWork(who.tenantId, query.limit) },
  }),
})

export const listStuck = operation({
  id: 'listStuck',
  method: 'get',
  path: '/v1/views/stuck',
  tag: 'Views',
  summary: 'List the steps of jobs that should move and have not for a while',
  description:
    'Queued or processing without a change for so long, oldest first, of the 1,000 oldest of each state. A paused stage or an open breaker keeps jobs there, too: see `/v1/stages`.',
  query: z.strictObject({
    minutes: z.coerce
      .number()
      .int()
      .min(1)
      .max(44_640)
      .default(10)
      .meta({ description: 'Without a change for so long' }),
    limit,
  }),
  answers: { 200: { description: 'The steps', schema: StepsAtWork } },
  problems: ['request.invalid'],
  examples: [{ name: 'For ten minutes', query: { minutes: '10' }, status: 200 }],
  handle: async ({ query, who, deps }) => ({
    status: 200,
    body: { items: await deps.figures.atWork(who.tenantId, query.limit, query.minutes * 60_000) },
  }),
})
