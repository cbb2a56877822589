import { DataError, fillText, fillTree, priorityOf, RateLimited, TransientError } from '@stageline/domain'
import { belongingOf } from '../belonging-of.ts'
import type { TriggerAction } from '@stageline/domain'
import { changeTask } from '../change-task.ts'
import type { DeliveryQueue, DeskRefusal, NewTask, TakenTriggerRun } from '../ports/index.ts'
import type { TaskDesk, TaskView, TriggerQueue } from '../ports/index.ts'
import type { Submitted, SubmitRequest } from '../submit-jobs.ts'
import { derivedId } from './derived-id.ts'

export type TriggerDeps = {
  queue: Pick<TriggerQueue, 'note' | 'raise'>
  desk: Pick<TaskDesk, 'openTask' | 'editTask'>
  submit: (requests: readonly SubmitRequest[]) => Promise<Submitted[]>
  deliveries: Pick<DeliveryQueue, 'note'>
}

/**
 * Does what is left of a run, action by action. Each leaves its effect once, however often the run is taken up: ids are
 * made of the run, a job has its idempotency key, an alert is raised in the commit that notes it. What is made says how
 * many triggers it comes from.
 *
 * @throws DataError where another try cannot help
 */
export async function runTrigger(run: TakenTriggerRun, deps: TriggerDeps): Promise<void> {
  const made = [...run.made]
  for (const action of run.actions.slice(made.length)) {
    const id = derivedId(run.entry.at, `${run.id} ${made.length}`)
    const { kind } = action
    if (kind === 'emit_alert') {
      made.push({ kind, id })
      await deps.queue.raise(run, made, alertOf(run, action, id))
    } else {
      made.push({ kind, id: await doOne(run, action, id, deps) })
      await deps.queue.note(run, made)
    }
  }
}

type Of<Kind extends TriggerAction['kind']> = Extract<TriggerAction, { kind: Kind }>

function doOne(
  run: TakenTriggerRun,
  action: Exclude<TriggerAction, { kind: 'emit_alert' }>,
  id: string,
  deps: TriggerDeps,
): Promise<string> {
  switch (action.kind) {
    case 'create_task':
      return createTask(run, action, id, deps)
    case 'update_task_state':
      return moveTask(run, action, deps)
    case 'submit_job':
      return submitJob(run, action, id, deps)
    case 'webhook':
      return tellWebhook(run, action, id, deps)
    default:
      return action satisfies never
  }
}

const actorOf = ({ key }: TakenTriggerRun): string => `trigger:${key}`

/** Read again with what happens to it (`readTriggerEntries`). */
const originOf = ({ key, depth, entry: { subject, subjectId, seq } }: TakenTriggerRun) => ({
  trigger: { key, depth: depth + 1, subject, subjectId, seq },
})

function alertOf(run: TakenTriggerRun, { level, title, detail, group }: Of<'emit_alert'>, id: string) {
  const { key, entry } = run
  const shown = titleOf(title, run)
  return {
    id,
    sameAs: `${key} ${group === undefined ? shown : fillText(group, entry, 200)}`,
    level,
    title: shown,
    detail: detail === undefined ? null : fillText(detail, entry),
    raisedBy: actorOf(run),
  }
}

async function createTask(
  run: TakenTriggerRun,
  action: Of<'create_task'>,
  id: string,
  { desk }: TriggerDeps,
): Promise<string> {
  const { entry, tenantId } = run
  const text = (given: string | undefined, longest?: number) =>
    given === undefined ? null : fillText(given, entry, longest).trim() || null
  const task: NewTask = {
    id,
    type: action.type,
    title: titleOf(action.title, run),
    description: text(action.description),
    serviceArea: action.serviceArea === undefined ? entry.serviceArea : text(action.serviceArea, 100),
    priority: priorityOf(action.priority),
    evidence: originOf(run),
    dueAt: null,
    assignee: text(action.assignee, 100),
    group: text(action.group, 100),
    jobId: entry.jobId,
    planId: entry.planId,
    createdBy: actorOf(run),
    belongsTo: belongingOf(entry),
  }
  // A plan that was archived meanwhile takes no tasks, and a job may be gone: the work is still to be done.
  for (const about of [task, { ...task, planId: null }, { ...task, planId: null, jobId: null }]) {
    const opened = await desk.openTask(tenantId, about)
    if (opened.kind === 'opened') return id
  }
  throw new DataError('trigger.task', 'The task could not be opened')
}

const titleOf = (title: string, { key, entry }: TakenTriggerRun): string => fillText(title, entry, 200).trim() || key

async function moveTask(
  run: TakenTriggerRun,
  { to, reason }: Of<'update_task_state'>,
  { desk }: TriggerDeps,
): Promise<string> {
  const { entry, tenantId } = run
  const why = reason === undefined ? `Trigger ${run.key}` : fillText(reason, entry, 500)
  const act = { kind: 'transition', to, actor: actorOf(run), reason: why } as const
  const edited = await desk.editTask(tenantId, entry.subjectId, (task: TaskView, now: Date) => {
    if (task.state === to) return { same: true }
    const decided = changeTask(task, act, now)
    if (!('entry' in decided)) return decided
    return { ...decided, entry: { ...decided.entry, data: { ...decided.entry.data, ...originOf(run) } } }
  })
  if (edited.kind === 'unknown') throw new DataError('trigger.task', 'The task is not there any more')
  if (edited.kind === 'refused') throw refused(edited.refusal, to)
  return entry.subjectId
}

/** Whoever holds the task lets it go in time; anything else stays so. */
function refused(refusal: DeskRefusal, to: string): Error {
  const message = `The task cannot become ${to}: ${refusal.code}`
  return refusal.code === 'held' ? new TransientError('trigger.task', message) : new DataError('trigger.task', message)
}

async function submitJob(
  run: TakenTriggerRun,
  { workflow, input, priority }: Of<'submit_job'>,
  id: string,
  { submit }: TriggerDeps,
): Promise<string> {
  const { tenantId, entry, depth } = run
  const [submitted] = await submit([
    {
      tenantId,
      workflow,
      input: fillTree(input, entry),
      ...(priority === undefined ? {} : { priority: priorityOf(priority) }),
      tags: [`trigger:${depth + 1}`],
      origin: 'trigger',
      trace: entry.traceparent,
      correlationId: entry.correlationId,
      actor: actorOf(run),
      idempotency: { operation: 'trigger', key: id, fingerprint: id },
    },
  ])
  return jobIdOf(submitted!)
}

function jobIdOf(submitted: Submitted): string {
  switch (submitted.kind) {
    case 'accepted':
    case 'replayed':
    case 'other_body':
      return submitted.jobId
    case 'invalid': {
      const [first] = submitted.problems
      throw new DataError('trigger.input', `The input does not fit: ${first?.pointer ?? ''} ${first?.detail ?? ''}`)
    }
    case 'in_flight':
      throw new TransientError('trigger.job', 'The job is being submitted just now')
    case 'full':
    case 'day_full':
      throw new RateLimited('trigger.job', 'There is no room for one more job now', { retryAfterMs: 60_000 })
    default:
      return submitted satisfies never
  }
}

async function tellWebhook(
  run: TakenTriggerRun,
  { webhook, type }: Of<'webhook'>,
  id: string,
  { deliveries }: TriggerDeps,
): Promise<string> {
  const { tenantId, entry } = run
  const about = { tenantId, id, webhookId: webhook, type: type ?? `${entry.subject}.${entry.event}`, entry }
  const noted = await deliveries.note({ ...about, cause: actorOf(run), state: 'waiting', attempts: [] })
  if (noted === 'unknown') throw new DataError('trigger.webhook', 'There is no such webhook any more')
  return id
}
