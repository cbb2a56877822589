import { CATALOG_KINDS, storableProblems, type CatalogItem, type CatalogKind, type TableRow } from '@stageline/domain'
import type { ImportFault } from './ports/index.ts'

/** Which columns of a table are what; letter case does not matter. */
export type CatalogColumns = {
  /** The kind of all rows; without it a column `kind` says it. */
  kind?: CatalogKind | undefined
  /** Default `key` and `name`. */
  keyColumn?: string | undefined
  nameColumn?: string | undefined
}

export type CatalogRow = { item: CatalogItem } | { fault: ImportFault }

const MOST_FIELDS = 200
const LONGEST = { key: 200, name: 500, column: 64, value: 10_000 } as const

/** Says that a file is no catalogue at all, so that its rows need not be looked at. */
export class NoCatalog extends Error {
  readonly fault: ImportFault

  constructor(fault: ImportFault) {
    super(fault.detail)
    this.fault = fault
  }
}

/**
 * The catalogue rows of a table: a column for the kind, one for the key, one for the name, all others are fields.
 * @throws NoCatalog where a column that is needed is not there
 */
export async function* catalogRows(
  table: AsyncIterable<TableRow>,
  columns: CatalogColumns,
): AsyncGenerator<CatalogRow> {
  const read = recordReader(columns)
  for await (const row of table) {
    if ('columns' in row) requireColumns(row, columns)
    else if ('fault' in row) yield { fault: { line: row.line, column: row.column, detail: row.fault } }
    else yield read(row)
  }
}

function requireColumns(
  { line, columns: found }: { line: number; columns: readonly string[] },
  columns: CatalogColumns,
) {
  const { kind, keyColumn = 'key', nameColumn } = columns
  const names = new Set(found.map((name) => name.toLowerCase()))
  const wanted: [name: string | undefined, remedy: string][] = [
    [keyColumn, 'name the column of the keys as keyColumn'],
    [nameColumn, 'name the column of the names as nameColumn'],
    [kind ? undefined : 'kind', `say the kind of all rows as kind (${CATALOG_KINDS.join(', ')})`],
  ]
  for (const [name, remedy] of wanted) {
    if (name === undefined || names.has(name.toLowerCase())) continue
    const detail = `There is no column "${name}", only ${found
      .map((one) => `"${one}"`)
      .join(', ')
      .slice(0, 500)}: rename one, or ${remedy}.`
    throw new NoCatalog({ line, column: name, detail })
  }
}

type Role = 'kind' | 'key' | 'name' | 'attributes' | 'field'
type Reading = { kind: unknown; key: unknown; name: unknown; attributes: CatalogItem['attributes'] }
type Given = { line: number; record: Readonly<Record<string, unknown>> }

function recordReader({ kind, keyColumn = 'key', nameColumn = 'name' }: CatalogColumns): (given: Given) => CatalogRow {
  const roles = new Map<string, Role>([
    ...(kind ? [] : [['kind', 'kind'] as const]),
    ['attributes', 'attributes'],
    [nameColumn.toLowerCase(), 'name'],
    [keyColumn.toLowerCase(), 'key'],
  ])
  const labels = { kind: 'kind', key: keyColumn, name: nameColumn }
  return ({ line, record }) => {
    const reading: Reading = { kind, key: undefined, name: undefined, attributes: {} }
    for (const [column, value] of Object.entries(record)) {
      const problem = take(reading, roles.get(column.toLowerCase()) ?? 'field', column, value)
      if (problem) return { fault: { line, column, detail: problem } }
    }
    return finished(reading, line, labels)
  }
}

function take(reading: Reading, role: Role, column: string, value: unknown): string | undefined {
  if (role === 'attributes' && typeof value === 'object' && value !== null) return takeAll(reading, value)
  if (role === 'kind' || role === 'key' || role === 'name') return void (reading[role] = value)
  return takeField(reading, column, value)
}

function takeAll(reading: Reading, values: object): string | undefined {
  for (const [column, value] of Object.entries(values)) {
    const problem = takeField(reading, column, value)
    if (problem) return `${column}: ${problem}`
  }
  return undefined
}

const isField = (value: unknown): value is CatalogItem['attributes'][string] =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)

function takeField({ attributes }: Reading, column: string, value: unknown): string | undefined {
  if (column === '__proto__') return 'No column can have this name: rename it.'
  if (column.length > LONGEST.column) return `A column's name may have ${LONGEST.column} characters: shorten it.`
  if (!isField(value)) return 'A field holds one text, number or truth value: give each part a column of its own.'
  if (typeof value === 'string' && value.length > LONGEST.value)
    return `A field may have ${LONGEST.value} characters, this one has ${value.length}: shorten it.`
  attributes[column] = value
  return undefined
}

function finished(reading: Reading, line: number, labels: Record<'kind' | 'key' | 'name', string>): CatalogRow {
  const faulty = (column: string | null, detail: string): CatalogRow => ({ fault: { line, column, detail } })
  const kind = CATALOG_KINDS.find((one) => one === reading.kind)
  if (!kind) return faulty(labels.kind, `${shown(reading.kind)} is no kind: write ${CATALOG_KINDS.join(', ')}.`)
  const key = textOf(reading.key)
  if (key === undefined || key === '' || key.length > LONGEST.key)
    return faulty(labels.key, `${shown(reading.key)} is no key: it has 1 to ${LONGEST.key} characters.`)
  const name = reading.name === undefined || reading.name === null ? key : textOf(reading.name)
  if (name === undefined || name.length > LONGEST.name)
    return faulty(labels.name, `${shown(reading.name)} is no name: it has up to ${LONGEST.name} characters.`)
  if (Object.keys(reading.attributes).length > MOST_FIELDS)
    return faulty(null, `A row may have ${MOST_FIELDS} fields: leave some out.`)
  const item: CatalogItem = { kind, key, name, attributes: reading.attributes }
  const [problem] = storableProblems(item, { maxDepth: 3 })
  return problem ? faulty(problem.pointer.split('/').at(-1) ?? null, problem.detail) : { item }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value.trim() : undefined
}

const shown = (value: unknown): string =>
  value === undefined || value === null || value === '' ? 'Nothing' : JSON.stringify(value).slice(0, 60)
