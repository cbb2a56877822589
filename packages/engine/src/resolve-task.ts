import type { Correction, Job, Problem, Verdict } from '@stageline/domain'
import { Field, Fields, isOpenTask, jsonSchemaProblems, JsonObject, valueAt } from '@stageline/domain'
import { act } from './act.ts'
import { isHeldByAnother } from './change-task.ts'
import { changesBetween } from './changes-between.ts'
import type { EngineDeps } from './engine-deps.ts'
import { inputOfStep } from './input-of-step.ts'
import type { LoadedJob, TaskView } from './ports/index.ts'

export type ResolveRequest = {
  tenantId: string
  taskId: string
  verdict: Verdict
  actor: string
  reason: string | null
  /** `retry`: the step's whole input, edited. */
  input?: unknown
  /** `accept`: the step's whole output, corrected. */
  output?: unknown
  /** Corrected values by field name, laid over the input (`retry`) or the output (`accept`). */
  fields?: Readonly<Record<string, string | number | boolean | null>>
}

export type ResolveOutcome =
  | { kind: 'done'; task: TaskView; job: Job }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'held'; task: TaskView }
  /** Nothing waits for a verdict on it. */
  | { kind: 'no_step'; task: TaskView }
  /** Who submitted the job may not settle it. */
  | { kind: 'own_submission'; task: TaskView }
  | { kind: 'invalid'; problems: readonly Problem[] }
  | { kind: 'unknown' }

/**
 * A person's verdict on a task: the step it is about goes on accordingly, in one commit with the task's closing. Of two
 * people one wins; the other is told that the task is closed. What was changed is kept with the task, before and after.
 */
export async function resolveTask(request: ResolveRequest, deps: EngineDeps): Promise<ResolveOutcome> {
  const { tenantId, taskId, verdict, actor, reason } = request
  const known = await deps.reader.task(tenantId, taskId)
  if (!known) return { kind: 'unknown' }
  const { step, jobId } = known
  if (step === null || jobId === null) return { kind: 'no_step', task: known }
  const [loaded] = await deps.store.load([{ tenantId, jobId, step, fence: 0 }])
  // Only a task that is open after its job was read is about the step as it was read.
  const task = await deps.reader.task(tenantId, taskId)
  if (!loaded || !task) return { kind: 'unknown' }
  if (!isOpenTask(task.state)) return closedBy(task)
  if (isHeldByAnother(task, actor, deps.store.now())) return { kind: 'held', task }
  if (await isOwnSubmission(loaded.job, actor, deps)) return { kind: 'own_submission', task }
  const edit = await editOf(request, step, loaded, deps)
  if ('problems' in edit) return { kind: 'invalid', problems: edit.problems }
  const { before, ...edited } = edit
  const { fence } = loaded.job.steps[step]!
  const corrections = correctionsOf(before, edit.input ?? edit.output)
  const outcome = await act(
    { tenantId, jobId },
    { kind: 'verdict', step, fence, verdict, actor, reason, corrections, ...edited },
    deps,
  )
  if (outcome.kind !== 'done') return outcome
  return { kind: 'done', task: (await deps.reader.task(tenantId, taskId)) ?? task, job: outcome.job }
}

const closedBy = ({ state, verdictBy }: TaskView): ResolveOutcome => ({
  kind: 'refused',
  code: 'task.closed',
  message: `The task is ${state}${verdictBy ? `, by ${verdictBy}` : ''}`,
})

async function isOwnSubmission({ tenantId, id, workflow, version }: Job, actor: string, deps: EngineDeps) {
  const { definition } = await deps.workflows.version(tenantId, workflow, version)
  return definition.separateDuties === true && (await deps.reader.submitter(tenantId, id)) === actor
}

/** With the place of each value that was a field's, as it was before. */
function correctionsOf(before: unknown, after: unknown): Correction[] {
  if (after === undefined) return []
  return changesBetween(before, after).map((correction) => {
    const [, name] = /^\/fields\/([^/]+)\/value$/.exec(correction.path) ?? []
    const field = name && Field.safeParse(valueAt(before, ['fields', unescaped(name)])).data
    return field && field.source ? { ...correction, place: field.source } : correction
  })
}

/** A name as it stands in a JSON pointer. */
const unescaped = (name: string): string => name.replaceAll('~1', '/').replaceAll('~0', '~')

type Edit = { before: unknown; input?: unknown; output?: unknown }

async function editOf(
  { verdict, input, output, fields, tenantId }: ResolveRequest,
  step: string,
  loaded: LoadedJob,
  deps: EngineDeps,
): Promise<Edit | { problems: Problem[] }> {
  const { job } = loaded
  const workflow = await deps.workflows.version(tenantId, job.workflow, job.version)
  const { ancestors, definition } = workflow.steps.get(step)!
  const stage = (await deps.reader.stages(tenantId)).find((one) => one.stage === definition.stage)
  if (verdict === 'retry') {
    const before = loaded.editedInput ?? inputOfStep(loaded, ancestors)
    const edited = input ?? (fields && withFields(before, fields))
    return edited === undefined ? { before } : (check(edited, stage?.inputSchema, 'input') ?? { before, input: edited })
  }
  if (verdict !== 'accept') return { before: undefined }
  const before = loaded.outputs[step] ?? (fields && inputOfStep(loaded, ancestors))
  const corrected = output ?? (fields && withFields(before, fields))
  if (corrected === undefined) return { before }
  const needsStageForm = job.steps[step]?.reason !== 'intake'
  return (needsStageForm ? check(corrected, stage?.outputSchema, 'output') : undefined) ?? { before, output: corrected }
}

/** Values that a person gives are certain, and say who they came from. A record's plain values are replaced as they are. */
function withFields(tree: unknown, values: NonNullable<ResolveRequest['fields']>): Record<string, unknown> {
  const base = { ...(tree as Record<string, unknown> | undefined) }
  const fields = Fields.safeParse(base['fields'])
  const record = JsonObject.safeParse(base['record'])
  if (!fields.success && record.success) return { ...base, record: { ...record.data, ...values } }
  const corrected = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { value, confidence: 1, source: { method: 'person' } }]),
  )
  return { ...base, fields: { ...(fields.success ? fields.data : {}), ...corrected } }
}

function check(value: unknown, schema: unknown, root: string): { problems: Problem[] } | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined
  const problems = jsonSchemaProblems(schema, value, `/${root}`)
  return problems.length > 0 ? { problems } : undefined
}
