import { extname } from 'node:path'
import { CommandError } from '../command-error.ts'
import { parseJson, readText, type Source } from './read-text.ts'

export type RecordRow = Record<string, unknown>
export const RECORD_FORMATS = ['csv', 'jsonl', 'json'] as const
export type RecordFormat = (typeof RECORD_FORMATS)[number]

const BY_ENDING: Readonly<Record<string, RecordFormat>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
}

/** The records of a CSV file with a line of titles, of JSON lines, or of a JSON array. @throws CommandError */
export async function readRecords(name: string, asked: RecordFormat | undefined, source: Source): Promise<RecordRow[]> {
  const format = asked ?? (name === '-' ? 'jsonl' : BY_ENDING[extname(name).toLowerCase()])
  if (format === undefined) {
    throw new CommandError(`What ${name} holds is not told by its name`, { mend: ['Say --format csv, jsonl or json'] })
  }
  const text = (await readText(name, source)).replace(/^\uFEFF/, '')
  const rows = format === 'csv' ? await readCsv(text, name) : readJsonRows(text, name, format)
  if (rows.length > 0) return rows
  throw new CommandError(`There is no record in ${name}`, { mend: ['Check the file, or its --format'] })
}

/** Loaded only when there is CSV to read: every other command starts sooner without it. */
async function readCsv(text: string, name: string): Promise<RecordRow[]> {
  const { parse } = await import('csv-parse/sync')
  try {
    const rows = parse(text, { columns: true, delimiter: delimiterOf(text), skip_empty_lines: true, trim: true })
    return rows.map(withoutEmptyCells)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CommandError(`${name} is not the CSV that is read here: ${why}`, {
      mend: ['The first line holds the titles; separators are comma, semicolon or tab'],
    })
  }
}

function delimiterOf(text: string): string {
  const [titles = ''] = text.split('\n', 1)
  const counted = [',', ';', '\t'].map((one) => ({ one, times: titles.split(one).length }))
  return counted.reduce((best, other) => (other.times > best.times ? other : best)).one
}

/** A cell without a text is a field that the record lacks. */
const withoutEmptyCells = (row: unknown): RecordRow =>
  Object.fromEntries(Object.entries(Object(row)).filter(([, value]) => value !== ''))

function readJsonRows(text: string, name: string, format: 'jsonl' | 'json'): RecordRow[] {
  const values = format === 'json' ? arrayOf(parseJson(text, name), name) : jsonLines(text, name)
  return values.map((value, at) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
    throw new CommandError(`Record ${at + 1} of ${name} is no JSON object`, { mend: ['Each record is an object'] })
  })
}

/** @throws CommandError that names the line */
export const jsonLines = (text: string, name: string): unknown[] =>
  text.split('\n').flatMap((line, at) => (line.trim() === '' ? [] : [parseJson(line, `line ${at + 1} of ${name}`)]))

function arrayOf(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value
  throw new CommandError(`${name} is no JSON array`, { mend: ['For one JSON object a line say --format jsonl'] })
}
