import { requireSuccess } from './api-problem.ts'
import type { Transport } from './create-client.ts'
import type { components } from './generated/api.d.ts'
import { textLines } from './text-lines.ts'

export type BulkLine = components['schemas']['BulkLine']
export type BulkResult = components['schemas']['BulkResult']

export type BulkOptions = {
  /** A name for the batch that the jobs make. */
  name?: string
  idempotencyKey?: string
  /** Called with the id of that batch, before the first result. */
  onBatch?: (batchId: string) => void
}

export async function* submitBulk(
  { url, headers, send }: Transport,
  lines: Iterable<BulkLine> | AsyncIterable<BulkLine>,
  { name, idempotencyKey, onBatch }: BulkOptions = {},
): AsyncGenerator<BulkResult> {
  const query = name === undefined ? '' : `?${new URLSearchParams({ name }).toString()}`
  const key = idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }
  const response = await send(`${url}/v1/jobs:bulk${query}`, {
    method: 'POST',
    body: ReadableStream.from(encoded(lines)),
    headers: { ...headers, ...key, 'Content-Type': 'application/x-ndjson' },
    duplex: 'half',
  })
  const { body, headers: answered } = await requireSuccess(response)
  onBatch?.(answered.get('batch-id') ?? '')
  if (!body) return
  for await (const line of textLines(body)) if (line !== '') yield JSON.parse(line)
}

async function* encoded(lines: Iterable<BulkLine> | AsyncIterable<BulkLine>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const line of lines) yield encoder.encode(`${JSON.stringify(line)}\n`)
}
