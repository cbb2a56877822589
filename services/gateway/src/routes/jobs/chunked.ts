import type { Line } from '../../http/ndjson-lines.ts'

export type ChunkLimits = { lines: number; bytes: number; total: number }

/**
 * Gathers lines into chunks that are stored together. Ends with the first line beyond `total`, so that whoever stores
 * can refuse that one by name.
 */
export async function* chunked(lines: AsyncIterable<Line>, limits: ChunkLimits): AsyncGenerator<Line[]> {
  let chunk: Line[] = []
  let bytes = 0
  let total = 0
  for await (const line of lines) {
    chunk.push(line)
    bytes += 'bytes' in line ? line.bytes.length : 0
    if (++total > limits.total) break
    if (chunk.length < limits.lines && bytes < limits.bytes) continue
    yield chunk
    chunk = []
    bytes = 0
  }
  if (chunk.length > 0) yield chunk
}
