import { FieldSource, type Correction } from '@stageline/domain'
import type { CorrectedTask } from '@stageline/engine/ports'
import { z } from 'zod'
import { operation } from '../../http/operation.ts'
import { streamLines } from '../../http/stream-lines.ts'

const PAGE = 500

const CorrectionLine = z
  .object({
    cursor: z.string().meta({ description: '`after` of a request that goes on behind this task' }),
    taskId: z.string(),
    jobId: z.string().nullable(),
    workflow: z.string().nullable(),
    step: z.string().nullable(),
    verdict: z.string().nullable(),
    who: z.string(),
    when: z.string(),
    why: z.string().nullable(),
    path: z
      .string()
      .meta({ description: 'JSON pointer into the input (`retry`) or the output (`accept`) of the step' }),
    field: z.string().nullable().meta({ description: 'Name of the field, where it is one' }),
    original: z.unknown(),
    corrected: z.unknown(),
    place: FieldSource.nullable().meta({ description: 'Where the original was read, where that is known' }),
  })
  .meta({ id: 'Correction' })

export const listCorrections = operation({
  id: 'listCorrections',
  method: 'get',
  path: '/v1/corrections',
  tag: 'Tasks',
  summary: 'Stream what people corrected, one JSON object a line',
  description:
    'Every value that a person changed in a verdict, in the order in which they were recorded: data to learn from. It ends with what there is; `after` with the `cursor` of the last line goes on behind it, nothing twice and nothing left out.',
  query: z.strictObject({
    after: z.string().max(500).optional().meta({ description: '`cursor` of the last line that was seen' }),
  }),
  answers: { 200: { description: 'Corrections', schema: CorrectionLine, type: 'application/x-ndjson' } },
  problems: ['request.invalid', 'request.bad_cursor'],
  examples: [{ name: 'All of them', status: 200 }],
  handle: async ({ query, who, response, deps: { desk } }) => {
    const pages = (after: string | null) => desk.corrections(who.tenantId, after, PAGE)
    await streamLines(response, { after: query.after ?? null, pages, linesOf })
  },
})

const linesOf = (task: CorrectedTask): z.input<typeof CorrectionLine>[] =>
  task.corrections
    .filter(({ path }) => !BOOKKEEPING.test(path))
    .map(({ path, from, to, place = null }) => ({
      cursor: task.cursor,
      taskId: task.taskId,
      jobId: task.jobId,
      workflow: task.workflow,
      step: task.step,
      verdict: task.verdict,
      who: task.actor,
      when: task.at,
      why: task.reason,
      path,
      field: fieldOf(path),
      original: from,
      corrected: to,
      place,
    }))

/** What changes beside the value of a field when a person gives it. */
const BOOKKEEPING = /^\/fields\/[^/]+\/(?!value$)/

const fieldOf = (path: Correction['path']): string | null =>
  /^\/(?:fields|record)\/([^/]+)/.exec(path)?.[1]?.replaceAll('~1', '/').replaceAll('~0', '~') ?? null
