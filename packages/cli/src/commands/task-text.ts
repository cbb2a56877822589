import { ApiProblem, type Client } from '@stageline/client'
import { ask } from '../ask.ts'
import type { Context } from '../command.ts'
import { memberText, plainText, showTime, showValue } from '../output/plain-text.ts'
import { facts, table, type Column } from '../output/table.ts'
import type { Task } from './pending.ts'

/** A value of the item of a task; without a confidence where it was submitted so. */
export type FoundField = { name: string; value: unknown; confidence: number | null }

/** What the steps of the job have found, the most doubtful first; where nothing was found, the record as it was submitted. */
export async function foundFields({ http }: Client, { jobId }: Task): Promise<FoundField[]> {
  if (jobId === null) return []
  const params = { path: { id: jobId } }
  const { result, outputs } = await ask(http.GET('/v1/jobs/{id}/result', { params })).catch(nothingFound)
  const latest = [result, ...Object.values(outputs).toReversed()].map(fieldsIn).find((one) => one !== undefined)
  if (latest === undefined) return submittedFields(await ask(http.GET('/v1/jobs/{id}/input', { params })))
  return Object.entries(latest)
    .map(([name, field]) => ({ name, ...confidenceAndValue(field) }))
    .toSorted((a, b) => a.confidence - b.confidence)
}

function submittedFields(input: unknown): FoundField[] {
  const { record }: { record?: unknown } = Object(input)
  return Object.entries(Object(record)).map(([name, value]) => ({ name, value, confidence: null }))
}

/** The task can be read without them. */
function nothingFound(error: unknown): { result: unknown; outputs: Record<string, unknown> } {
  if (error instanceof ApiProblem && error.status === 404) return { result: null, outputs: {} }
  throw error
}

function fieldsIn(output: unknown): Record<string, unknown> | undefined {
  const { fields }: { fields?: unknown } = Object(output)
  return typeof fields === 'object' && fields !== null && Object.keys(fields).length > 0 ? { ...fields } : undefined
}

function confidenceAndValue(field: unknown): { value: unknown; confidence: number } {
  const { value, confidence }: { value?: unknown; confidence?: unknown } = Object(field)
  return { value, confidence: typeof confidence === 'number' ? confidence : 0 }
}

const FIELD_COLUMNS: Column<FoundField>[] = [
  { title: 'field', of: ({ name }) => name, shrinkTo: 10 },
  { title: 'value', of: ({ value }) => showValue(value), shrinkTo: 10 },
  {
    title: 'confidence',
    of: ({ confidence }) => (confidence === null ? 'given' : `${Math.floor(confidence * 100)} %`),
    align: 'right',
  },
]

export function taskText(
  task: Task,
  fields: readonly FoundField[],
  { out, url }: Pick<Context, 'out' | 'url'>,
): string {
  const { reason, failure }: Record<string, unknown> = task.evidence
  const { code, message }: { code?: unknown; message?: unknown } = Object(failure)
  return [
    out.paint('bold', plainText(task.title)),
    facts([
      ['task', `${task.id}, ${task.state}`],
      ['why', typeof code === 'string' ? `${code}: ${memberText(message)}` : memberText(reason) || task.cause],
      ['job', task.jobId === null ? null : `${task.jobId}, step ${task.step} of ${task.workflow}`],
      ['priority', task.priority.toFixed(2)],
      ['held by', heldBy(task)],
      ['since', showTime(task.createdAt)],
      ['verdict', task.verdict === null ? null : `${task.verdict} by ${task.verdictBy}, ${showTime(task.completedAt)}`],
      ['because', task.verdictReason],
      ['page', `${url}/tasks/${task.id}`],
    ]),
    ...correctedValues(task).map(({ name, from, to }) => `corrected ${name}: ${showValue(from)} → ${showValue(to)}`),
    ...(fields.length > 0 ? [`\n${table(fields, FIELD_COLUMNS, out.width)}`] : []),
    ...(task.verdict === null && task.state !== 'cancelled' ? [out.paint('dim', howToSettle(task))] : []),
  ].join('\n')
}

/** Corrections are kept as they fell, place by place; people think in values, not in the places that go with them. */
export const correctedValues = ({ corrections }: Task): { name: string; from: unknown; to: unknown }[] =>
  corrections.flatMap(({ path, from, to }) => {
    const [, name] = /^\/(?:fields|record)\/([^/]+)(?:\/value)?$/.exec(path) ?? []
    return name === undefined ? [] : [{ name, from: valueIn(from), to: valueIn(to) }]
  })

const valueIn = (given: unknown): unknown =>
  typeof given === 'object' && given !== null && 'value' in given ? given.value : given

function heldBy({ assignee, leaseUntil, verdict }: Task): string | null {
  if (verdict !== null) return null
  return assignee === null ? 'nobody' : `${assignee} until ${showTime(leaseUntil)}`
}

const howToSettle = ({ id, step }: Task): string =>
  step === null ? `\nTo settle it: stageline tasks move ${id} completed` : verdictsFor(id)

const verdictsFor = (id: string): string =>
  [
    '',
    `To settle it: stageline tasks resolve ${id} VERDICT`,
    '  accept   the values are right; --set FIELD=VALUE corrects one',
    '  retry    work the step again',
    '  skip     go on without the step',
    '  discard  end the job',
  ].join('\n')
