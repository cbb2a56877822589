import { newId } from '@stageline/domain'
import { z } from 'zod'
import { IdempotencyHeader } from '../../http/idempotency.ts'
import { ndjsonLines } from '../../http/ndjson-lines.ts'
import { operation } from '../../http/operation.ts'
import { Id } from '../../http/id.ts'
import { MAX_JSON_BYTES, requireType } from '../../http/read-json-body.ts'
import { idempotencyKey } from '../../http/idempotency.ts'
import { CorrelationHeader, requestMarks } from '../../http/request-marks.ts'
import { BulkLine, createBulkIntake, MAX_BULK_LINES } from './bulk-intake.ts'
import { chunked } from './chunked.ts'

const BULK_TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl']

const BulkAnswerLine = z
  .object({
    line: z.number().int(),
    status: z.number().int().meta({ description: 'What a request with this line alone would have been answered with' }),
    id: Id.optional(),
    problem: z.unknown().optional(),
  })
  .meta({ id: 'BulkResult' })

const lines = [
  '{"workflow":"part","input":{"record":{"mpn":"NXR-1K0-0402"}}}',
  '{"workflow":"part","input":{}',
  '',
].join('\n')

export const submitBulk = operation({
  id: 'submitBulk',
  method: 'post',
  path: '/v1/jobs:bulk',
  tag: 'Jobs',
  summary: 'Submit up to 10,000 records, one a line',
  description:
    'A line in, a line out, in order; a bad line does not hurt the others. Where the backlog is full, lines are accepted in order as far as there is room and the rest are answered with 429 or 503 and `retryAfter` in seconds. The jobs make a batch, whose address is in `Location`. With an `Idempotency-Key` every line gets a key of its own, made of that key and the number of the line, so that a broken request can be repeated whole.',
  query: z.strictObject({ name: z.string().min(1).max(200).optional().meta({ description: 'A name for the batch' }) }),
  headers: IdempotencyHeader.extend(CorrelationHeader.shape),
  body: { type: 'application/x-ndjson', schema: BulkLine },
  answers: {
    200: {
      description: 'A result for each line that is not blank',
      type: 'application/x-ndjson',
      schema: BulkAnswerLine,
      headers: { Location: 'Address of the batch', 'Batch-Id': 'Id of the batch' },
    },
  },
  problems: ['request.unsupported_type', 'request.bad_key', 'service.unavailable'],
  examples: [{ name: 'Two lines, one broken', query: { name: 'Spring list' }, body: lines, status: 200 }],
  handle: async ({ query, who, request, response, deps }) => {
    requireType(request, BULK_TYPES)
    const batchId = newId()
    const intake = createBulkIntake(deps, { who, batchId, key: idempotencyKey(request), marks: requestMarks(response) })
    await deps.writer.createBatch(who.tenantId, { id: batchId, name: query.name ?? null, actor: who.actor })
    response
      .status(200)
      .type('application/x-ndjson')
      .set({ 'Batch-Id': batchId, Location: `/v1/batches/${batchId}` })
    response.flushHeaders()
    for await (const chunk of chunked(ndjsonLines(request, MAX_JSON_BYTES), {
      lines: 500,
      bytes: 4 * MAX_JSON_BYTES,
      total: MAX_BULK_LINES,
    })) {
      const answers = await intake(chunk)
      const text = answers.map((answer) => `${JSON.stringify(answer)}\n`).join('')
      if (!response.write(text)) await drained(response)
      if (response.destroyed) return
    }
    response.end()
  },
})

function drained(response: NodeJS.WritableStream & NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.once('drain', go).once('close', go)
  })
}
