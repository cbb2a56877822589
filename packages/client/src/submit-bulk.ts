import { requireSuccess } from './api-problem.ts'
import type { Transport } from './create-client.ts'
import type { components } from './generated/api.d.ts'
import { textLines } from './text-lines.ts'

export type BulkLine = components['schemas']['BulkLine']
export type BulkResult = components['schemas']['BulkResult']

export async function* submitBulk(
  { url, headers, send }: Transport,
  lines: Iterable<BulkLine> | AsyncIterable<BulkLine>,
  { name, idempotencyKey }: { name?: string; idempotencyKey?: string } = {},
): AsyncGenerator<BulkResult> {
  const query = name === undefined ? '' : `?${new URLSearchParams({ name }).toString()}`
  const key = idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }
  const response = await send(`${url}/v1/jobs:bulk${query}`, {
    method: 'POST',
    body: ReadableStream.from(encoded(lines)),
    headers: { ...headers, ...key, 'Content-Type': 'application/x-ndjson' },
    duplex: 'half',
  })
  const { body } = await requireSuccess(response)
  if (!body) return
  for await (const line of textLines(body)) if (line !== '') yield JSON.parse(line)
}

async function* encoded(lines: Iterable<BulkLine> | AsyncIterable<BulkLine>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const line of lines) yield encoder.encode(`${JSON.stringify(line)}\n`)
}
