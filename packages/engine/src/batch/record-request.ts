import { storableProblems } from '@stageline/domain'
import type { RunRequest, SourceItem, TakenRun } from '../ports/index.ts'
import type { SubmitRequest } from '../submit-jobs.ts'

const LONGEST_KEY = 200
const MAX_DEPTH = 20
/** What a record has that says nothing of it. */
const DEFAULT_PRIORITY = 0.5

type Item = Extract<SourceItem, { record: unknown }>

/** What becomes of a record: a job that is asked for, nothing because of the filter, or nothing because of a fault. */
export type Asked =
  | { kind: 'request'; request: SubmitRequest; priority: number | null; key: string | null }
  | { kind: 'skipped'; key: string | null }
  | { kind: 'refused'; detail: string; key: string | null }

/**
 * The job that a record asks for. Its idempotency key is made of the batch and of the record's own key, or else its place,
 * so that a run which begins again submits nothing twice.
 */
export function recordRequest(run: TakenRun, item: Item): Asked {
  const { columns, request } = run
  const { record } = item
  const key = keyOf(record, columns.keyColumn)
  if (key instanceof Error) return { kind: 'refused', detail: key.message, key: null }
  const priority = priorityOf(record, columns.priorityColumn)
  if (priority instanceof Error) return { kind: 'refused', detail: priority.message, key }
  if (!isWanted(record, priority ?? DEFAULT_PRIORITY, request.filter)) return { kind: 'skipped', key }
  const input = inputOf(record, columns.mapping)
  const [problem] = storableProblems(input, { maxDepth: MAX_DEPTH })
  if (problem) return { kind: 'refused', detail: `${problem.pointer}: ${problem.detail}`, key }
  if (namesDocument(input)) return { kind: 'refused', detail: 'Stored documents cannot be named by hand.', key }
  return { kind: 'request', key, priority, request: submission(run, item, { key, priority, input }) }
}

type Parts = { key: string | null; priority: number | null; input: Record<string, unknown> }

const submission = (run: TakenRun, { position }: Item, { key, priority, input }: Parts): SubmitRequest => ({
  tenantId: run.tenantId,
  workflow: run.request.workflow,
  input,
  businessKey: key,
  tags: run.source === null ? [] : [`source:${run.source}`],
  batchId: run.id,
  origin: run.source === null ? 'upload' : 'source',
  actor: run.actor,
  force: run.request.force,
  ...(priority === null ? {} : { priority }),
  idempotency: { operation: `batch:${run.id}`, key: key === null ? `at ${position}` : `key ${key}`, fingerprint: '' },
})

type Values = Readonly<Record<string, unknown>>

function keyOf(record: Values, column: string | undefined): string | null | Error {
  if (column === undefined) return null
  const value = record[column]
  if (value === undefined || value === null || value === '') return new Error(`"${column}", its key, is empty`)
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
  if (text !== '' && text.length <= LONGEST_KEY && !text.includes('\0') && text.isWellFormed()) return text
  return new Error(`"${column}", its key, is no text or number of 1 to ${LONGEST_KEY} characters`)
}

function priorityOf(record: Values, column: string | undefined): number | null | Error {
  const value = column === undefined ? null : record[column]
  if (value === undefined || value === null || value === '') return null
  const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : Number.NaN
  return number >= 0 && number <= 1 ? number : new Error(`"${column}", its priority, is no number from 0 to 1`)
}

function isWanted(record: Values, priority: number, { minPriority = 0, equals = {} }: RunRequest['filter']): boolean {
  return (
    priority >= minPriority &&
    Object.entries(equals).every(([column, value]) => textOf(record[column]) === String(value))
  )
}

const textOf = (value: unknown): string | undefined =>
  ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined

/** Empty columns of a mapping are left out, as they are where the source does so itself. */
function inputOf(record: Values, mapping: Readonly<Record<string, string>> | undefined): Record<string, unknown> {
  if (!mapping) return { record: { ...record } }
  const input: Record<string, unknown> = {}
  for (const [path, column] of Object.entries(mapping)) {
    if (!Object.hasOwn(record, column)) continue
    const names = path.split('.')
    const last = names.pop()!
    const parent = names.reduce<Record<string, unknown>>((at, name) => objectAt(at, name), input)
    parent[last] = record[column]
  }
  return input
}

function objectAt(tree: Record<string, unknown>, name: string): Record<string, unknown> {
  const known = Object.hasOwn(tree, name) ? tree[name] : undefined
  if (typeof known === 'object' && known !== null) return known as Record<string, unknown>
  const made: Record<string, unknown> = {}
  Object.defineProperty(tree, name, { value: made, enumerable: true, writable: true, configurable: true })
  return made
}

/** Only an upload may: one that is written by hand could name a file that its sender was never given. */
const namesDocument = ({ document }: Record<string, unknown>): boolean =>
  typeof document === 'object' && document !== null && 'key' in document
