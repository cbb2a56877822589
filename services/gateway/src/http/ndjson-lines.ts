export type Line = { number: number; bytes: Uint8Array } | { number: number; tooLong: true }

const NEWLINE = 0x0a

/**
 * Splits a stream at line feeds. Blank lines are passed over but counted, so that numbers are those of an editor. Of a
 * line that is longer than allowed nothing is kept.
 */
export async function* ndjsonLines(source: AsyncIterable<Uint8Array>, maxLineBytes: number): AsyncGenerator<Line> {
  let parts: Uint8Array[] = []
  let length = 0
  let number = 0
  const take = (bytes: Uint8Array): void => {
    length += bytes.length
    if (length > maxLineBytes) parts = []
    else if (bytes.length > 0) parts.push(bytes)
  }
  const end = (): Line | undefined => {
    const line = finish(++number, parts, length, maxLineBytes)
    parts = []
    length = 0
    return line
  }
  for await (const chunk of source) {
    let start = 0
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, at))
      const line = end()
      if (line) yield line
      start = at + 1
    }
    take(chunk.subarray(start))
  }
  const last = end()
  if (last) yield last
}

function finish(number: number, parts: readonly Uint8Array[], length: number, maxLineBytes: number): Line | undefined {
  if (length > maxLineBytes) return { number, tooLong: true }
  const bytes = Buffer.concat(parts)
  const isBlank = bytes.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09)
  return isBlank ? undefined : { number, bytes }
}
