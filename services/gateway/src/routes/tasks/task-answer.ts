import { FieldSource, PRIORITY_LEVELS, priorityLevel, TASK_STATES } from '@stageline/domain'
import type { TaskView } from '@stageline/engine/ports'
import { z } from 'zod'
import { Id } from '../../http/id.ts'
import { Problem } from '../../http/problems.ts'

export const TaskAnswer = z
  .object({
    id: Id,
    jobId: Id.nullable().meta({ description: 'The job that it is about' }),
    workflow: z.string().nullable(),
    step: z.string().nullable().meta({
      description: 'The step that waits for its verdict; null: settled by `:transition` instead of `:resolve`',
    }),
    type: z.string(),
    cause: z.string(),
    title: z.string(),
    description: z.string().nullable(),
    serviceArea: z.string().nullable(),
    state: z.enum(TASK_STATES),
    priority: z.number(),
    priorityLevel: z.enum(PRIORITY_LEVELS),
    evidence: z.record(z.string(), z.unknown()),
    dueAt: z.string().nullable(),
    assignee: z.string().nullable(),
    leaseUntil: z.string().nullable().meta({ description: 'Until then nobody else may change it' }),
    group: z.string().nullable(),
    snoozedUntil: z.string().nullable(),
    blockedReason: z.string().nullable(),
    planId: Id.nullable(),
    createdBy: z.string(),
    createdAt: z.string(),
    completedAt: z.string().nullable(),
    verdict: z.string().nullable(),
    verdictBy: z.string().nullable(),
    verdictReason: z.string().nullable(),
    corrections: z.array(
      z.object({ path: z.string(), from: z.unknown(), to: z.unknown(), place: FieldSource.optional() }),
    ),
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
  description: task.description,
  serviceArea: task.serviceArea,
  state: task.state,
  priority: task.priority,
  priorityLevel: priorityLevel(task.priority),
  evidence: task.evidence,
  dueAt: task.dueAt,
  assignee: task.assignee,
  leaseUntil: task.leaseUntil,
  group: task.group,
  snoozedUntil: task.snoozedUntil,
  blockedReason: task.blockedReason,
  planId: task.planId,
  createdBy: task.createdBy,
  createdAt: task.createdAt,
  completedAt: task.completedAt,
  verdict: task.verdict,
  verdictBy: task.verdictBy,
  verdictReason: task.verdictReason,
  corrections: task.corrections,
})

export const taskHeld = (task?: TaskView): Problem =>
  new Problem(
    'task.held',
    `${task?.assignee ?? 'Somebody else'} holds the task${task?.leaseUntil ? ` until ${task.leaseUntil}` : ''}.`,
    {
      more: { assignee: task?.assignee ?? null, leaseUntil: task?.leaseUntil ?? null },
    },
  )

export const ownSubmission = (actor: string): Problem =>
  new Problem('task.own_submission', `${actor} submitted the job.`)
