import { TASK_STATES } from '@stageline/domain'
import type { TaskChange, TaskView } from '@stageline/engine/ports'
import { z } from 'zod'
import { Id } from '../../http/id.ts'
import type { Answer } from '../../http/operation.ts'
import { Problem, unknownResource } from '../../http/problems.ts'

export const TaskAnswer = z
  .object({
    id: Id,
    jobId: Id,
    workflow: z.string(),
    step: z.string(),
    type: z.string(),
    cause: z.string(),
    title: z.string(),
    state: z.enum(TASK_STATES),
    priority: z.number(),
    evidence: z.record(z.string(), z.unknown()),
    assignee: z.string().nullable(),
    leaseUntil: z.string().nullable(),
    createdAt: z.string(),
    completedAt: z.string().nullable(),
    verdict: z.string().nullable(),
    verdictBy: z.string().nullable(),
    verdictReason: z.string().nullable(),
    corrections: z.array(z.object({ path: z.string(), from: z.unknown(), to: z.unknown() })),
  })
  .meta({ id: 'Task' })

export const showTask = (task: TaskView): z.input<typeof TaskAnswer> => ({
  id: task.id,
  jobId: task.jobId,
  workflow: task.workflow,
  step: task.step,
  type: task.type,
  cause: task.cause,
  title: task.title,
  state: task.state,
  priority: task.priority,
  evidence: task.evidence,
  assignee: task.assignee,
  leaseUntil: task.leaseUntil,
  createdAt: task.createdAt,
  completedAt: task.completedAt,
  verdict: task.verdict,
  verdictBy: task.verdictBy,
  verdictReason: task.verdictReason,
  corrections: task.corrections,
})

/** @throws Problem `resource.unknown`, `task.held`, `task.closed` */
export function changedTask(change: TaskChange): TaskView {
  switch (change.kind) {
    case 'changed':
      return change.task
    case 'unknown':
      throw unknownResource()
    case 'held':
      throw taskHeld(change.task)
    case 'closed':
      throw new Problem('task.closed', `The task was settled with "${change.task.verdict ?? 'no verdict'}".`)
    default:
      return change satisfies never
  }
}

export const taskHeld = (task?: TaskView): Problem =>
  new Problem(
    'task.held',
    `${task?.assignee ?? 'Somebody else'} holds the task${task?.leaseUntil ? ` until ${task.leaseUntil}` : ''}.`,
    {
      more: { assignee: task?.assignee ?? null, leaseUntil: task?.leaseUntil ?? null },
    },
  )

export const answerTask = (change: TaskChange): Answer => ({ status: 200, body: showTask(changedTask(change)) })
