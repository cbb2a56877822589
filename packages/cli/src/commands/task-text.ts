import { ApiProblem, type Client } from '@stageline/client'
import { ask } from '../ask.ts'
import type { Context } from '../command.ts'
import { memberText, plainText, showTime, showValue } from '../output/plain-text.ts'
import { facts, table, type Column } from '../output/table.ts'
import type { Task } from './pending.ts'

/** A value that was found in the item of a task. */
export type FoundField = { name: string; value: unknown; confidence: number }

/** What the steps of the job have found, from the latest that found something; the most doubtful first. */
export async function foundFields({ http }: Client, { jobId }: Task): Promise<FoundField[]> {
  const answer = http.GET('/v1/jobs/{id}/result', { params: { path: { id: jobId } } })
  const { result, outputs } = await ask(answer).catch(nothingFound)
  const [latest = {}] = [result, ...Object.values(outputs).toReversed()]
    .map(fieldsIn)
    .filter((one) => one !== undefined)
  return Object.entries(latest)
    .map(([name, field]) => ({ name, ...confidenceAndValue(field) }))
    .toSorted((a, b) => a.confidence - b.confidence)
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
  { title: 'confidence', of: ({ confidence }) => `${Math.floor(confidence * 100)} %`, align: 'right' },
]

export function taskText(
  task: Task,
  fields: readonly FoundField[],
  { out, url }: Pick<Context, 'out' | 'url'>,
): string {
  const { reason, failure, decision }: Record<string, unknown> = task.evidence
  const { code, message }: { code?: unknown; message?: unknown } = Object(failure)
  return [
    out.paint('bold', plainText(task.title)),
    facts([
      ['task', `${task.id}, ${task.state}`],
      ['why', typeof code === 'string' ? `${code}: ${memberText(message)}` : memberText(reason) || task.cause],
      ['failed checks', failedChecks(decision)],
      ['job', `${task.jobId}, step ${task.step} of ${task.workflow}`],
      ['priority', task.priority.toFixed(2)],
      ['held by', task.assignee === null ? 'nobody' : `${task.assignee} until ${showTime(task.leaseUntil)}`],
      ['since', showTime(task.createdAt)],
      ['verdict', task.verdict === null ? null : `${task.verdict} by ${task.verdictBy}, ${showTime(task.completedAt)}`],
      ['because', task.verdictReason],
      ['page', `${url}/tasks/${task.id}`],
    ]),
    ...(fields.length > 0 ? [`\n${table(fields, FIELD_COLUMNS, out.width)}`] : []),
    ...(task.verdict === null && task.state !== 'cancelled' ? [out.paint('dim', howToSettle(task.id))] : []),
  ].join('\n')
}

function failedChecks(decision: unknown): string | null {
  const { factors }: { factors?: unknown } = Object(decision)
  const { failedChecks: failed }: { failedChecks?: unknown } = Object(factors)
  return Array.isArray(failed) && failed.length > 0 ? failed.join(', ') : null
}

const howToSettle = (id: string): string =>
  [
    '',
    'To settle it:',
    `  stageline tasks resolve ${id} accept --set FIELD=VALUE    these values are right`,
    `  stageline tasks resolve ${id} retry                       work the step again`,
    `  stageline tasks resolve ${id} skip                        go on without the step`,
    `  stageline tasks resolve ${id} discard                     end the job`,
  ].join('\n')
