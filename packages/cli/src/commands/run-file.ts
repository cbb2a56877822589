import type { BulkLine } from '@stageline/client'
import { basename } from 'node:path'
import type { Context } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { EXIT } from '../exit-codes.ts'
import { readRecords, type RecordRow } from '../input/read-records.ts'
import { memberText } from '../output/plain-text.ts'
import { sendLines } from '../send-lines.ts'
import { withoutGaps } from '../without-gaps.ts'
import { forcedRoute, type RunOptions } from './run-options.ts'

/** Names under which sources deliver the priority of a record. */
const PRIORITY_FIELDS = ['priority', 'priority_score']

/** Makes a batch of the records of a file, which are read and chosen here. @throws CommandError */
export async function runFile(context: Context, file: string, options: RunOptions): Promise<number> {
  const records = await readRecords(file, options.format, context.source)
  const chosen = choose(records, options)
  const left = records.length - chosen.length
  if (left > 0) context.out.note(`${chosen.length} of ${records.length} records: the others are left out`)
  if (options.dryRun) {
    context.out.show(
      { read: records.length, chosen: chosen.length, lines: chosen },
      () => `Would submit ${chosen.length} of ${records.length} records to "${options.workflow}"`,
    )
    return EXIT.ok
  }
  if (chosen.length === 0)
    throw new CommandError('No record is left to submit', { mend: ['Lower --priority-threshold'] })
  const { idempotencyKey, wait = false } = options
  const name = options.name ?? (file === '-' ? 'stdin' : basename(file))
  return await sendLines(context, chosen, { name, wait, ...withoutGaps({ idempotencyKey }) })
}

function choose(records: readonly RecordRow[], options: RunOptions): BulkLine[] {
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

function toLine(record: RecordRow, at: number, options: RunOptions): BulkLine {
  const { workflow, keyField, priorityField } = options
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
    ...withoutGaps({ force: forcedRoute(options) }),
  }
}

function priorityOf(value: unknown, name: string, at: number): number {
  const priority = typeof value === 'string' ? Number(value.replace(',', '.')) : value
  if (typeof priority === 'number' && priority >= 0 && priority <= 1) return priority
  throw new CommandError(`Record ${at}: "${name}" is ${JSON.stringify(value)}, not a number from 0 to 1`, {
    mend: ['Correct it, or name another field: --priority-field'],
  })
}
