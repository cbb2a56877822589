import { DataError, type TableRow } from '@stageline/domain'

/** Characters of a line; what is longer was not meant as a row. */
const LONGEST_LINE = 1_000_000

/** JSON lines: one object a line. Blank lines hold none. */
export async function* lineRows(text: AsyncIterable<string>): AsyncGenerator<TableRow> {
  let rest = ''
  let line = 0
  for await (const piece of text) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST_LINE) throw new DataError('document.too_complex', tooLong(line + lines.length + 1))
    for (const one of lines) {
      line += 1
      if (one.trim() !== '') yield rowOf(one, line)
    }
  }
  if (rest.trim() !== '') yield rowOf(rest, line + 1)
}

const tooLong = (line: number): string =>
  `line ${line} has more than ${LONGEST_LINE} characters: write one object a line`

function rowOf(text: string, line: number): TableRow {
  try {
    const record: unknown = JSON.parse(text)
    if (typeof record === 'object' && record !== null && !Array.isArray(record)) return { line, record: { ...record } }
    return { line, column: null, fault: 'is no JSON object: write {"key": …} on each line' }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { line, column: null, fault: `is no JSON: ${error.message.slice(0, 200)}` }
  }
}
