import { DataError, type TableCharset } from '@stageline/domain'

/**
 * Bytes to text while they come, without a byte order mark. Nothing is guessed: text in another charset would be stored
 * with wrong letters, which nobody sees among a million rows.
 *
 * @throws DataError `document.unreadable` that names the line of the first byte that is not of the charset
 */
export async function* decodedText(chunks: AsyncIterable<Uint8Array>, charset: TableCharset): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let chosen: string = charset
  let line = 1
  for await (const chunk of chunks) {
    chosen = decoder ? chosen : (markedCharset(chunk) ?? charset)
    decoder ??= new TextDecoder(chosen, { fatal: true })
    const text = decode(decoder, chunk, () => notOf(chosen, line + linesBeforeFault(chunk, chosen)))
    line += newlines(text)
    if (text !== '') yield text
  }
  const rest = decode(decoder ?? new TextDecoder(), undefined, () => notOf(chosen, line))
  if (rest !== '') yield rest
}

function decode(decoder: TextDecoder, chunk: Uint8Array | undefined, fault: () => DataError): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
  } catch (cause) {
    if (cause instanceof TypeError) throw fault()
    throw cause
  }
}

function markedCharset([first, second, third]: Uint8Array): TableCharset | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xef && second === 0xbb && third === 0xbf ? 'utf-8' : undefined
}

const notOf = (charset: string, line: number): DataError =>
  new DataError(
    'document.unreadable',
    `line ${line} is not ${charset}: save the file as UTF-8, or name its charset (charset=windows-1252)`,
  )

const linesBeforeFault = (chunk: Uint8Array, charset: string): number => {
  const text = new TextDecoder(charset).decode(chunk)
  return newlines(text.slice(0, Math.max(0, text.indexOf('\uFFFD'))))
}

function newlines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1
  return count
}
