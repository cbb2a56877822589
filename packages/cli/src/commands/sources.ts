import type { components } from '@stageline/client'
import { ask } from '../ask.ts'
import { command, option, type Command } from '../command.ts'
import { readJsonObject } from '../input/read-text.ts'
import { showTime } from '../output/plain-text.ts'
import { facts, table, type Column } from '../output/table.ts'
import { faultsText, sampleText } from './batch-text.ts'

type Source = components['schemas']['Source']
type Preview = components['schemas']['SourcePreview']

const SOURCE = [{ name: '<key>', about: 'key of the source' }] as const

const COLUMNS: Column<Source>[] = [
  { title: 'source', of: ({ key }) => key },
  { title: 'from', of: originOf, shrinkTo: 12 },
  { title: 'new beyond', of: ({ mark }) => mark ?? '–', shrinkTo: 10 },
  { title: 'changed by', of: ({ updatedBy }) => updatedBy, shrinkTo: 6 },
]

const listSources = command({
  name: 'sources list',
  summary: 'List where records come from',
  examples: [{ does: 'All', line: 'stageline sources list' }],
  run: async ({ client, out }) => {
    const list = await ask(client.http.GET('/v1/sources'))
    out.show(list, () => (list.items.length === 0 ? 'There is no source yet' : table(list.items, COLUMNS, out.width)))
  },
})

const showSource = command({
  name: 'sources show',
  summary: 'Show a source, and how far it was taken',
  arguments: SOURCE,
  examples: [{ does: 'For reading', line: 'stageline sources show parts' }],
  run: async ({ client, out }, [key = '']) => {
    const source = await ask(client.http.GET('/v1/sources/{key}', { params: { path: { key } } }))
    out.show(source, () => sourceText(source))
  },
})

const saveSource = command({
  name: 'sources save',
  summary: 'Make a source, or change it',
  arguments: [{ name: '<definition>', about: 'JSON, @file, or - for stdin; its "key" names the source' }],
  examples: [{ does: 'From a file', line: 'stageline sources save @parts.source.json' }],
  run: async ({ client, out, source: input }, [given = '']) => {
    const definition = await readJsonObject('the definition:', given, input)
    // What is wrong with it the line says, with its place.
    const body = definition as components['schemas']['SourceDefinition']
    const params = { path: { key: body.key } }
    const source = await ask(client.http.PUT('/v1/sources/{key}', { params, body }))
    out.show(source, () => `Source "${source.key}" is saved, version ${source.version}`)
  },
})

const previewSource = command<{ workflow: string }>({
  name: 'sources preview',
  summary: 'Show the first records of a source, and where each would go',
  about: 'Read from the beginning; nothing is submitted, and what is new stays new.',
  arguments: SOURCE,
  options: [option('--workflow <key>', 'workflow that would get them').default('part')],
  examples: [
    { does: 'Before the first batch', line: 'stageline sources preview parts' },
    { does: 'With what would be submitted', line: 'stageline sources preview parts --json' },
  ],
  run: async ({ client, out }, [key = ''], { workflow }) => {
    const params = { path: { key } }
    const preview = await ask(client.http.POST('/v1/sources/{key}:preview', { params, body: { workflow } }))
    out.show(preview, () => previewText(preview, out))
  },
})

function originOf({ definition: { from } }: Source): string {
  if (from.kind === 'duckdb') return `duckdb ${from.file}`
  return `${from.kind} ${from.kind === 'http' ? from.url : from.connection}`
}

const sourceText = (source: Source): string => {
  const { key, version, definition, mark, markAt, updatedBy, updatedAt } = source
  const { from, mapping = {}, name, keyColumn, priorityColumn, markColumn } = definition
  return facts([
    ['source', `${key}, version ${version}`],
    ['name', name],
    ['from', originOf(source)],
    ['query', 'query' in from ? from.query : null],
    ['key', keyColumn],
    ['priority', priorityColumn],
    ['mark', markColumn],
    ['new beyond', mark === null ? null : `${mark}, since ${showTime(markAt)}`],
    ...Object.entries(mapping).map(([field, column]) => [field, column] as const),
    ['changed by', `${updatedBy}, ${showTime(updatedAt)}`],
  ])
}

const previewText = ({ read, refused, faults, records }: Preview, out: Parameters<typeof sampleText>[1]): string => {
  const head = `${read} read, ${refused} of them refused`
  if (records.length === 0) return `${head}: the source has no record`
  const refusedText = faults.length > 0 ? [`\nRefused:\n${faultsText(faults, out)}`] : []
  return [head, sampleText(records, out), ...refusedText].join('\n')
}

export const SOURCE_COMMANDS: readonly Command[] = [listSources, showSource, previewSource, saveSource]
