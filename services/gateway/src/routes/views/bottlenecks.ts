import { z } from 'zod'
import { operation } from '../../http/operation.ts'
import { DurationsAnswer, msOf, TimeRangeQuery, WINDOW_BOUND } from './time-range.ts'

const Row = z.object({
  stage: z.string(),
  queued: z.number().int(),
  workers: z.number().int(),
  durations: DurationsAnswer.nullable(),
  workAheadMs: z
    .number()
    .meta({ description: 'Queued steps times their mean duration: the work that stands before it' }),
})

export const listBottlenecks = operation({
  id: 'listBottlenecks',
  method: 'get',
  path: '/v1/views/bottlenecks',
  tag: 'Views',
  summary: 'List the stages, the one that holds up the others first, and why',
  description: WINDOW_BOUND,
  query: TimeRangeQuery,
  answers: {
    200: {
      description: 'The stages',
      schema: z
        .object({
          bottleneck: z
            .object({ stage: z.string(), why: z.string() })
            .nullable()
            .meta({ description: 'Null where no stage has worked or has work' }),
          items: z.array(Row),
        })
        .meta({ id: 'Bottlenecks' }),
    },
  },
  problems: ['request.invalid'],
  examples: [{ name: 'Of an hour', query: { time_range: '1h' }, status: 200 }],
  handle: async ({ query, who: { tenantId }, deps }) => {
    const [window, counts, stages] = await Promise.all([
      deps.figures.window(tenantId, msOf(query.time_range)),
      deps.reader.counts(tenantId),
      deps.reader.stages(tenantId),
    ])
    const rows = stages.map(({ stage, workers }) => {
      const durations = window.stages[stage] ?? null
      const queued = counts.steps[stage]?.['queued'] ?? 0
      return { stage, queued, workers: workers.length, durations, workAheadMs: queued * (durations?.avgMs ?? 0) }
    })
    const items = rows.toSorted(
      (a, b) => b.workAheadMs - a.workAheadMs || (b.durations?.avgMs ?? 0) - (a.durations?.avgMs ?? 0),
    )
    return { status: 200, body: { bottleneck: bottleneckOf(items[0]), items } }
  },
})

function bottleneckOf(first: z.infer<typeof Row> | undefined): { stage: string; why: string } | null {
  if (!first || (first.queued === 0 && !first.durations)) return null
  const { stage, queued, workers, durations } = first
  const pace = durations ? `a step takes ${Math.round(durations.avgMs)} ms` : 'none was worked in this time'
  return { stage, why: `${queued} steps wait for ${workers} workers, and ${pace}` }
}
