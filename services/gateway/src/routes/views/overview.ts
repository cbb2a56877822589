import { JOB_STATES } from '@stageline/domain'
import { z } from 'zod'
import { operation } from '../../http/operation.ts'
import { automationRateOf, errorRateOf, RoutesAnswer, routesOf, throughputOf } from './figures.ts'
import { DurationsAnswer, WINDOW_BOUND } from './time-range.ts'

const HOUR_MS = 3_600_000
const count = z.number().int()

export const readOverview = operation({
  id: 'getOverview',
  method: 'get',
  path: '/v1/views/overview',
  tag: 'Views',
  summary: 'Read how the line stands: queues, durations, rates',
  description: `Counts are of now; durations and rates of the last hour. ${WINDOW_BOUND}`,
  answers: {
    200: {
      description: 'The overview',
      schema: z
        .object({
          from: z.string(),
          isShortened: z.boolean(),
          activeWorkflows: count,
          stateDistribution: z.partialRecord(z.enum(JOB_STATES), count),
          processing: DurationsAnswer.nullable(),
          errorRate: z.number().nullable(),
          throughputPerHour: z.number(),
          automationSuccessRate: z.number().nullable(),
          routes: RoutesAnswer,
          stages: z.array(
            z.object({
              stage: z.string(),
              queued: count,
              processing: count,
              waiting: count.meta({ description: 'For a time: waiting and retrying' }),
              needsPerson: count.meta({ description: 'Failed and suspended' }),
              completed: count,
              workers: count,
              paused: z.boolean(),
              durations: DurationsAnswer.nullable().meta({ description: 'How long its steps were worked' }),
            }),
          ),
        })
        .meta({ id: 'Overview' }),
    },
  },
  problems: [],
  examples: [{ name: 'The overview', status: 200 }],
  handle: async ({ who: { tenantId }, deps }) => {
    const [window, counts, stages, throughputPerHour] = await Promise.all([
      deps.figures.window(tenantId, HOUR_MS),
      deps.reader.counts(tenantId),
      deps.reader.stages(tenantId),
      throughputOf(deps, tenantId),
    ])
    const body = {
      from: window.from,
      isShortened: window.isShortened,
      activeWorkflows: counts.jobs.processing ?? 0,
      stateDistribution: counts.jobs,
      processing: window.processing,
      errorRate: errorRateOf(window),
      throughputPerHour,
      automationSuccessRate: automationRateOf(window),
      routes: routesOf(window),
      stages: stages.map(({ stage, workers, paused }) => {
        const { queued = 0, processing = 0, waiting = 0, retrying = 0, ...rest } = counts.steps[stage] ?? {}
        const { failed = 0, suspended = 0, completed = 0 } = rest
        const now = { queued, processing, waiting: waiting + retrying, needsPerson: failed + suspended, completed }
        return { stage, ...now, workers: workers.length, paused, durations: window.stages[stage] ?? null }
      }),
    }
    return { status: 200, body }
  },
})
