import type { BulkLine } from '@stageline/client'
import { basename } from 'node:path'
import { command, countOption, fractionOption, option } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { RECORD_FORMATS, readRecords, type RecordFormat, type RecordRow } from '../input/read-records.ts'
import { memberText } from '../output/plain-text.ts'
import { sendLines } from '../send-lines.ts'

type Options = {
  limit?: number
  priorityThreshold?: number
  forceManual?: boolean
  forceAutomation?: boolean
  workflow: string
  priorityField?: string
  keyField?: string
  format?: RecordFormat
  name?: string
  tag?: string[]
  idempotencyKey?: string
  dryRun?: boolean
  wait?: boolean
}

/** Names under which sources deliver the priority of a record. */
const PRIORITY_FIELDS = ['priority', 'priority_score']

export const run = command<Options>({
  name: 'run',
  summary: 'Run a batch of records from a file',
  about:
    'Reads CSV with a line of titles, JSON lines or a JSON array; each record becomes a job. A field "priority" or "priority_score" (0 to 1) is the priority of the job and no part of the record. The workflow decides what automation does and what a person, unless a route is forced.',
  arguments: [{ name: '<file>', about: 'file of records (.csv, .jsonl, .json), or - for stdin' }],
  options: [
    countOption('--limit <n>', 'take the first n records that remain'),
    fractionOption('--priority-threshold <x>', 'take only records of at least this priority'),
    option('--force-manual', 'every record to a person').conflicts('forceAutomation'),
    option('--force-automation', 'every record to automation'),
    option('--workflow <key>', 'workflow that gets the records').default('part'),
    option('--priority-field <name>', 'field that holds the priority'),
    option('--key-field <name>', 'field by which the jobs can be found again (--business-key)'),
    option('--format <format>', 'of the file, where its name does not tell').choices(RECORD_FORMATS),
    option('--name <text>', 'name of the batch; without it that of the file'),
    option('--idempotency-key <key>', 'with the same key nothing is submitted twice'),
    option('--dry-run', 'say what would be sent, and send nothing'),
    option('--wait', 'stay until no job goes on by itself, with a bar on a terminal'),
  ],
  examples: [
    { does: 'The first 50 records', line: 'stageline run parts.csv --limit 50' },
    { does: 'To people, for a test', line: 'stageline run parts.csv --limit 20 --force-manual' },
    {
      does: 'Daily: 100 of high priority, until they are through',
      line: 'stageline run parts.csv --limit 100 --priority-threshold 0.7 --wait',
    },
    { does: 'From another program', line: 'export-parts | stageline run - --format csv --key-field mpn' },
  ],
  run: async (context, [file = ''], options) => {
    const records = await readRecords(file, options.format, context.source)
    const chosen = choose(records, options)
    const left = records.length - chosen.length
    if (left > 0) context.out.note(`${chosen.length} of ${records.length} records: the others are left out`)
    if (options.dryRun) {
      context.out.show(
        { read: records.length, chosen: chosen.length, lines: chosen },
        () => `Would submit ${chosen.length} of ${records.length} records to "${options.workflow}"`,
      )
      return
    }
    if (chosen.length === 0)
      throw new CommandError('No record is left to submit', { mend: ['Lower --priority-threshold'] })
    const { idempotencyKey, wait = false } = options
    const name = options.name ?? (file === '-' ? 'stdin' : basename(file))
    return await sendLines(context, chosen, { name, wait, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) })
  },
})

function choose(records: readonly RecordRow[], options: Options): BulkLine[] {
  const { priorityThreshold: threshold, limit = Infinity } = options
  const lines = records.map((record, at) => toLine(record, at + 1, options))
  if (threshold === undefined) return lines.slice(0, limit)
  if (lines.every(({ priority }) => priority === undefined)) {
    throw new CommandError('--priority-threshold: no record has a priority', {
      mend: ['Name the field that holds it: --priority-field'],
    })
  }
  return lines.filter(({ priority = 0 }) => priority >= threshold).slice(0, limit)
}

function toLine(record: RecordRow, at: number, options: Options): BulkLine {
  const { workflow, forceManual, forceAutomation, keyField, priorityField } = options
  const names = priorityField === undefined ? PRIORITY_FIELDS : [priorityField]
  const found = names.find((name) => record[name] !== undefined && record[name] !== null)
  const rest = Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)))
  const businessKey = keyField === undefined ? undefined : record[keyField]
  return {
    workflow,
    // What is no value of a record is refused by the line, with its place.
    input: { record: rest },
    ...(found === undefined ? {} : { priority: priorityOf(record[found], found, at) }),
    ...(businessKey === undefined ? {} : { businessKey: memberText(businessKey) }),
    ...(forceManual ? { force: 'person' as const } : {}),
    ...(forceAutomation ? { force: 'automation' as const } : {}),
  }
}

function priorityOf(value: unknown, name: string, at: number): number {
  const priority = typeof value === 'string' ? Number(value.replace(',', '.')) : value
  if (typeof priority === 'number' && priority >= 0 && priority <= 1) return priority
  throw new CommandError(`Record ${at}: "${name}" is ${JSON.stringify(value)}, not a number from 0 to 1`, {
    mend: ['Correct it, or name another field: --priority-field'],
  })
}
