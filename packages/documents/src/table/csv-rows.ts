import { DataError, type TableRow } from '@stageline/domain'
import { CsvError, parse, type Info } from 'csv-parse'
import { pipeline } from 'node:stream'
import { HeaderColumns } from './header-columns.ts'

/** Characters of a record: an open quote would else take in the rest of the file. */
const LONGEST_RECORD = 1_000_000
const SAMPLE = 20_000

type Parsed = { record: string[]; info: Info }

/**
 * CSV (RFC 4180) with a header; the delimiter is told by that. A quote within a value that does not begin with
 * one is a sign like others: `27" monitor`.
 */
export async function* csvRows(text: AsyncIterable<string>): AsyncGenerator<TableRow> {
  const { sample, whole } = await sampled(text)
  const parser = parse({
    delimiter: headerDelimiter(sample),
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: LONGEST_RECORD,
  })
  // What goes wrong with the source comes out of the parser, where it is read.
  pipeline(whole, parser, () => {})
  let header: HeaderColumns | undefined
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      const line = info.lines - newlines(record)
      if (header) yield header.row(record, line)
      else yield { line, columns: (header = new HeaderColumns(record, line)).names }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new DataError('document.unreadable', `line ${parser.info.lines} ${WORDS[error.code] ?? error.message}`)
  }
}

/** The sign that the header has most of, outside of quotes. */
function headerDelimiter(sample: string): string {
  const [header = ''] = sample
    .trimStart()
    .replaceAll(/"[^"]*"/g, '')
    .split(/[\r\n]/, 1)
  const counts = [',', ';', '\t', '|'].map((sign) => ({ sign, count: header.split(sign).length }))
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).sign
}

/** Enough of the beginning to tell the delimiter, and all of it again. */
async function sampled(text: AsyncIterable<string>): Promise<{ sample: string; whole: AsyncIterable<string> }> {
  const rest = text[Symbol.asyncIterator]()
  let sample = ''
  while (sample.length < SAMPLE) {
    const next = await rest.next()
    if (next.done) break
    sample += next.value
  }
  return { sample, whole: joined(sample, rest) }
}

async function* joined(head: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  yield head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

const newlines = (record: readonly string[]): number =>
  record.reduce((sum, cell) => sum + (cell.includes('\n') ? cell.split('\n').length - 1 : 0), 0)

const WORDS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'is the end, and a quote is still open: write a quote within a value twice ("")',
  CSV_MAX_RECORD_SIZE: `makes a row of more than ${LONGEST_RECORD} characters: look for a quote that is not closed`,
}
