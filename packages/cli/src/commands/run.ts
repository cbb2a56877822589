import { command, countOption, fractionOption, listOption, option } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { RECORD_FORMATS } from '../input/read-records.ts'
import { runFile } from './run-file.ts'
import type { RunOptions } from './run-options.ts'
import { runSource } from './run-source.ts'

/** What only one of the two kinds of origin takes. */
const OF_FILES = { format: '--format', keyField: '--key-field', priorityField: '--priority-field' } as const
const OF_SOURCES = { where: '--where', all: '--all' } as const

export const run = command<RunOptions>({
  name: 'run',
  summary: 'Run a batch of records from a file or a source',
  about:
    'A file is read here: CSV with a line of titles, JSON lines or a JSON array; a field "priority" or "priority_score" (0 to 1) is the priority of the job and no part of the record. A source (stageline sources list) is read by the line, which takes only what is new where the source has a mark. Each record becomes a job. The workflow decides what automation does and what a person, unless a route is forced.',
  arguments: [{ name: '[file]', about: 'file of records (.csv, .jsonl, .json), or - for stdin' }],
  options: [
    option('--source <key>', 'the records of this source, instead of a file'),
    countOption('--limit <n>', 'take the first n records that remain'),
    fractionOption('--priority-threshold <x>', 'take only records of at least this priority'),
    listOption('--where <column=value>', 'of a source: only records with this value; may be given several times'),
    option('--all', 'of a source: not only what is new'),
    option('--force-manual', 'every record to a person').conflicts('forceAutomation'),
    option('--force-automation', 'every record to automation'),
    option('--workflow <key>', 'workflow that gets the records').default('part'),
    option('--priority-field <name>', 'of a file: field that holds the priority'),
    option('--key-field <name>', 'of a file: field by which the jobs can be found again (--business-key)'),
    option('--format <format>', 'of a file, where its name does not tell').choices(RECORD_FORMATS),
    option('--name <text>', 'name of the batch; without it that of the file'),
    option('--idempotency-key <key>', 'with the same key nothing is submitted twice'),
    option('--dry-run', 'say what would be submitted, and submit nothing'),
    option('--wait', 'stay until no job goes on by itself, with a bar on a terminal'),
  ],
  examples: [
    { does: 'The first 50 new records of a source', line: 'stageline run --source parts --limit 50' },
    { does: 'To people, for a test', line: 'stageline run parts.csv --limit 20 --force-manual' },
    {
      does: 'Daily: 100 of high priority, until they are through',
      line: 'stageline run --source parts --limit 100 --priority-threshold 0.7 --wait',
    },
    { does: 'What would go where', line: "stageline run --source parts --all --where 'maker=Nexar' --dry-run" },
    { does: 'From another program', line: 'export-parts | stageline run - --format csv --key-field mpn' },
  ],
  run: async (context, [file], options) => {
    const { source } = options
    if ((file === undefined) === (source === undefined)) {
      throw new CommandError('A batch has one origin', { mend: ['Name a file, or a source: --source KEY'] })
    }
    refuse(options, source === undefined ? OF_SOURCES : OF_FILES, source === undefined ? 'source' : 'file')
    if (source !== undefined) return await runSource(context, source, options)
    return await runFile(context, file ?? '', options)
  },
})

function refuse(options: RunOptions, names: Partial<Record<keyof RunOptions, string>>, whose: string): void {
  const [, wrong] = Object.entries(names).find(([member]) => options[member as keyof RunOptions] !== undefined) ?? []
  if (wrong === undefined) return
  throw new CommandError(`${wrong} is for a ${whose}, and there is none`, {
    mend: [`Leave it out, or name a ${whose}`],
  })
}
