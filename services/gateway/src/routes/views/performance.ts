import { durationsOf } from '@stageline/domain'
import type { HourCount } from '@stageline/engine/ports'
import { z } from 'zod'
import { operation } from '../../http/operation.ts'
import { DurationsAnswer, msOf, TimeRangeQuery } from './time-range.ts'

const EXACTNESS =
  'Counts and means are exact, percentiles at most 5 % off: sums by the hour, kept for 400 days. A job counts about 2 s after its end.'
const Outcome = {
  workflow: z.string(),
  state: z.enum(['completed', 'cancelled']),
  ...DurationsAnswer.shape,
}

export const readPerformance = operation({
  id: 'getPerformance',
  method: 'get',
  path: '/v1/views/performance',
  tag: 'Views',
  summary: 'Read by the hour how many jobs ended and how long they took',
  description: EXACTNESS,
  query: TimeRangeQuery.extend({ bucket: z.enum(['hour', 'day']).default('hour') }),
  answers: {
    200: {
      description: 'By hour or UTC day, workflow and state',
      schema: z
        .object({ items: z.array(z.object({ bucket: z.string().meta({ description: 'Its begin' }), ...Outcome })) })
        .meta({ id: 'Performance' }),
    },
  },
  problems: ['request.invalid'],
  examples: [
    { name: 'By the hour', query: { bucket: 'hour', time_range: '24h' }, status: 200 },
    { name: 'By the minute', query: { bucket: 'minute' }, status: 400 },
  ],
  handle: async ({ query: { time_range: range, bucket }, who, deps }) => {
    const to = deps.now()
    const rows = await deps.figures.hours(who.tenantId, new Date(to.getTime() - msOf(range)), to)
    const length = bucket === 'hour' ? 13 : 10
    const begin = ({ hour }: HourCount) => `${hour.slice(0, length)}${bucket === 'hour' ? '' : 'T00'}:00:00.000Z`
    const groups = Map.groupBy(rows, begin)
    const items = [...groups].flatMap(([start, some]) => outcomes(some).map((one) => ({ bucket: start, ...one })))
    return { status: 200, body: { items } }
  },
})

export const readDailyStats = operation({
  id: 'getDailyStats',
  method: 'get',
  path: '/v1/views/daily-stats',
  tag: 'Views',
  summary: 'Read what ended on a day of your time zone',
  description: `The hours that begin on this day. ${EXACTNESS}`,
  query: z.strictObject({ date: z.iso.date().optional().meta({ description: 'Default: today' }) }),
  answers: {
    200: {
      description: 'By workflow and state',
      schema: z
        .object({
          date: z.string(),
          timeZone: z.string(),
          from: z.string(),
          to: z.string(),
          completed: z.number().int(),
          cancelled: z.number().int(),
          items: z.array(z.object(Outcome)),
        })
        .meta({ id: 'DailyStats' }),
    },
  },
  problems: ['request.invalid'],
  examples: [
    { name: 'Of a day', query: { date: '2026-11-20' }, status: 200 },
    { name: 'Of no day', query: { date: '2026-02-30' }, status: 400 },
  ],
  handle: async ({ query: { date = null }, who: { tenantId }, deps: { figures } }) => {
    const day = await figures.day(tenantId, date)
    const items = outcomes(await figures.hours(tenantId, new Date(day.from), new Date(day.to)))
    const ended = (state: string) => items.reduce((sum, one) => sum + (one.state === state ? one.count : 0), 0)
    return { status: 200, body: { ...day, completed: ended('completed'), cancelled: ended('cancelled'), items } }
  },
})

function outcomes(rows: readonly HourCount[]) {
  const groups = Map.groupBy(rows, ({ workflow, state }) => `${workflow} ${state}`)
  return [...groups.values()].flatMap((same) => {
    const { workflow, state } = same[0]!
    const durations = durationsOf(same)
    return durations ? [{ workflow, state, ...durations }] : []
  })
}
