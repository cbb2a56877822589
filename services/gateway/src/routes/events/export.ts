import { ERROR_KINDS } from '@stageline/domain'
import type { EventView } from '@stageline/engine/ports'
import { z } from 'zod'
import { operation } from '../../http/operation.ts'
import { streamLines } from '../../http/stream-lines.ts'
import { CorrelationId, HistoryAnswer, Traceparent } from '../jobs/job-answer.ts'

const PAGE = 500
/** Counts up when a member goes or means something else. */
const SCHEMA = 1

const EventLine = HistoryAnswer.omit({ data: true })
  .extend({
    schema: z.literal(SCHEMA).meta({ description: 'Counts up when a member goes or means something else' }),
    cursor: z.string().meta({ description: '`after` of a request that goes on behind this entry' }),
    jobId: z.string(),
    workflow: z.string(),
    traceparent: Traceparent,
    correlationId: CorrelationId,
    failure: z.object({ kind: z.enum(ERROR_KINDS), code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'EventLine' })

export const exportEvents = operation({
  id: 'exportEvents',
  method: 'get',
  path: '/v1/events:export',
  tag: 'Events',
  summary: 'Stream the histories of all jobs, one JSON object a line',
  description:
    'Every entry without its output, in the order in which they were recorded: data for analysis. It ends with what there is; `after` with the `cursor` of the last line goes on behind it, nothing twice and nothing left out.',
  query: z.strictObject({
    after: z.string().max(500).optional().meta({ description: '`cursor` of the last line that was seen' }),
  }),
  answers: { 200: { description: 'Entries', schema: EventLine, type: 'application/x-ndjson' } },
  problems: ['request.invalid', 'request.bad_cursor'],
  examples: [{ name: 'All of them', status: 200 }],
  handle: async ({ query, who, response, deps: { reader } }) => {
    const pages = async (after: string | null) => {
      const { events, cursor } = await reader.events(who.tenantId, after, PAGE)
      return { items: events, cursor }
    }
    await streamLines(response, { after: query.after ?? null, pages, linesOf: (event) => [lineOf(event)] })
  },
})

function lineOf({ cursor, jobId, workflow, traceparent, correlationId, entry }: EventView): z.input<typeof EventLine> {
  const { data: _data, failure, path, times, ...told } = entry
  return {
    schema: SCHEMA,
    cursor,
    jobId,
    workflow,
    traceparent,
    correlationId,
    ...told,
    path: [...path],
    times: [...times],
    failure: failure && { kind: failure.kind, code: failure.code, message: failure.message },
  }
}
