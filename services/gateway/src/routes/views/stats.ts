import { JOB_STATES } from '@stageline/domain'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'
import { Id } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { automationRateOf, errorRateOf, RoutesAnswer, routesOf, throughputOf } from './figures.ts'
import { DurationsAnswer, msOf, TimeRangeQuery, WINDOW_BOUND } from './time-range.ts'

const count = z.number().int()

export const StatsAnswer = z
  .object({
    timeRange: z.string(),
    from: z.string(),
    to: z.string(),
    isShortened: z.boolean(),
    jobs: count.meta({ description: 'Jobs that were looked at' }),
    activeWorkflows: count.meta({ description: 'Jobs that are being worked now' }),
    stateDistribution: z.partialRecord(z.enum(JOB_STATES), count).meta({ description: 'All jobs by state, now' }),
    stateDurations: z
      .record(z.string(), DurationsAnswer)
      .meta({ description: 'How long steps were in a state that they have left' }),
    stageDurations: z.record(z.string(), DurationsAnswer).meta({ description: 'How long steps were worked, by stage' }),
    processing: DurationsAnswer.nullable().meta({ description: 'From acceptance to the end of a job' }),
    errorBreakdown: z.array(z.object({ kind: z.string(), code: z.string(), count })),
    retryCounts: z.object({
      distribution: z.record(z.string(), count).meta({ description: 'Jobs by the number of their retries' }),
      top: z.array(z.object({ jobId: Id, retries: count })),
    }),
    errorRate: z
      .number()
      .nullable()
      .meta({ description: 'Percent of the jobs that ended or were given up by automation' }),
    throughputPerHour: z.number().meta({ description: 'Jobs that ended, an hour, over the full hours of the range' }),
    automationSuccessRate: z
      .number()
      .nullable()
      .meta({ description: 'Of the jobs that were automation’s: the share that ended well without a person, 0 to 1' }),
    routes: RoutesAnswer,
  })
  .meta({ id: 'Stats' })
type Stats = z.input<typeof StatsAnswer>

export const readStats = operation({
  id: 'getStats',
  method: 'get',
  path: '/v1/stats',
  tag: 'Views',
  summary: 'Read durations, errors, retries, rates and throughput of a time',
  description: WINDOW_BOUND,
  query: TimeRangeQuery,
  answers: { 200: { description: 'The figures', schema: StatsAnswer } },
  problems: ['request.invalid'],
  examples: [
    { name: 'Of a day', query: { time_range: '24h' }, status: 200 },
    { name: 'Of a year', query: { time_range: '365d' }, status: 400 },
  ],
  handle: async ({ query, who, deps }) => ({ status: 200, body: await statsOf(deps, who.tenantId, query.time_range) }),
})

async function statsOf(deps: GatewayDeps, tenantId: string, timeRange: string): Promise<Stats> {
  const ms = msOf(timeRange)
  const [window, failures, counts, throughputPerHour] = await Promise.all([
    deps.figures.window(tenantId, ms),
    deps.figures.failures(tenantId, ms),
    deps.reader.counts(tenantId),
    throughputOf(deps, tenantId, Math.max(1, Math.floor(ms / 3_600_000))),
  ])
  const { from, to, isShortened, jobs, states, stages, processing, retries } = window
  return {
    timeRange,
    from,
    to,
    isShortened,
    jobs,
    activeWorkflows: counts.jobs.processing ?? 0,
    stateDistribution: counts.jobs,
    stateDurations: states,
    stageDurations: stages,
    processing,
    errorBreakdown: byCode(failures),
    retryCounts: retries,
    errorRate: errorRateOf(window),
    throughputPerHour,
    automationSuccessRate: automationRateOf(window),
    routes: routesOf(window),
  }
}

/** Over all stages. */
function byCode(failures: readonly { kind: string; code: string; failures: number }[]): Stats['errorBreakdown'] {
  const groups = Map.groupBy(failures, ({ kind, code }) => `${kind} ${code}`)
  return [...groups.values()].map((same) => ({
    kind: same[0]!.kind,
    code: same[0]!.code,
    count: same.reduce((sum, one) => sum + one.failures, 0),
  }))
}
