import { TASK_STATES } from '@stageline/domain'
import { changeTask, type TaskAct } from '@stageline/engine'
import type { TaskView } from '@stageline/engine/ports'
import { z } from 'zod'
import type { GatewayDeps } from '../../gateway-deps.ts'
import type { Identity } from '../../guard/identity.ts'
import { IdParams } from '../../http/id.ts'
import { operation, type Answer, type Call } from '../../http/operation.ts'
import { withoutGaps } from '../../http/without-gaps.ts'
import { EXAMPLE } from '../example-ids.ts'
import { changedTask } from './refusals.ts'
import { showTask, TaskAnswer } from './task-answer.ts'

const LEASE_MS = 15 * 60_000
const LONGEST_LEASE_MS = 8 * 3_600_000

export const Name = z.string().trim().min(1).max(100)
export const Reason = z.string().trim().min(1).max(1000)
const reason = Reason.optional()

const about = {
  method: 'post',
  tag: 'Tasks',
  params: IdParams,
  answers: { 200: { description: 'The task after the change', schema: TaskAnswer } },
} as const
const problems = ['request.invalid', 'request.not_json', 'resource.unknown', 'task.held', 'task.closed'] as const

export const claimTask = operation({
  ...about,
  id: 'claimTask',
  path: '/v1/tasks/{id}:claim',
  summary: 'Take a task until its lease ends',
  description:
    'Who holds it may claim it again, for longer. A lease that ends gives the task back. Snoozed and blocked tasks wake.',
  body: {
    type: 'application/json',
    schema: z.strictObject({
      leaseMs: z
        .number()
        .int()
        .min(1_000)
        .max(LONGEST_LEASE_MS)
        .default(LEASE_MS)
        .meta({ description: 'How long it is yours, in milliseconds' }),
      takeOver: z.boolean().default(false).meta({ description: 'Also from somebody who holds it' }),
      reason,
    }),
    optional: true,
  },
  problems,
  examples: [
    { name: 'Claim for an hour', params: { id: EXAMPLE.task }, body: { leaseMs: 3_600_000 }, status: 200 },
    {
      name: 'Take over',
      params: { id: EXAMPLE.task },
      body: { takeOver: true, reason: 'Ann is on leave' },
      status: 200,
    },
  ],
  handle: (call) => {
    const { leaseMs, takeOver } = call.body
    return answerAct(call, { kind: 'claim', leaseMs, takesOver: takeOver })
  },
})

export const releaseTask = operation({
  ...about,
  id: 'releaseTask',
  path: '/v1/tasks/{id}:release',
  summary: 'Give a task back',
  body: { type: 'application/json', schema: z.strictObject({ reason }), optional: true },
  problems,
  examples: [{ name: 'Release', params: { id: EXAMPLE.task }, status: 200 }],
  handle: (call) => answerAct(call, { kind: 'release' }),
})

export const transitionTask = operation({
  ...about,
  id: 'transitionTask',
  path: '/v1/tasks/{id}:transition',
  summary: 'Move a task to another state',
  description:
    '`blocked` needs a reason. A task that a step waits for ends by `:resolve` only. To begin it this way makes it yours without a lease.',
  body: { type: 'application/json', schema: z.strictObject({ to: z.enum(TASK_STATES), reason }) },
  problems: [...problems, 'invalid_transition', 'task.needs_verdict'],
  examples: [
    { name: 'Begin', params: { id: EXAMPLE.ownTask }, body: { to: 'in_progress' }, status: 200 },
    {
      name: 'Block',
      params: { id: EXAMPLE.ownTask },
      body: { to: 'blocked', reason: 'The sender is asked' },
      status: 200,
    },
    { name: 'Block without a reason', params: { id: EXAMPLE.ownTask }, body: { to: 'blocked' }, status: 400 },
    { name: 'Not begun yet', params: { id: EXAMPLE.ownTask }, body: { to: 'completed' }, status: 409 },
    { name: 'A step waits for it', params: { id: EXAMPLE.task }, body: { to: 'cancelled' }, status: 409 },
  ],
  handle: (call) => answerAct(call, { kind: 'transition', to: call.body.to }),
})

export const assignTask = operation({
  ...about,
  id: 'assignTask',
  path: '/v1/tasks/{id}:assign',
  summary: 'Say whose task it is: a person’s, a group’s',
  description: 'What is not named stays; null gives it to nobody. Another person than before begins anew.',
  body: {
    type: 'application/json',
    schema: z.strictObject({ assignee: Name.nullable().optional(), group: Name.nullable().optional(), reason }),
  },
  problems,
  examples: [
    { name: 'To a group', params: { id: EXAMPLE.task }, body: { group: 'buyers' }, status: 200 },
    { name: 'To a person', params: { id: EXAMPLE.task }, body: { assignee: 'ann' }, status: 200 },
  ],
  handle: (call) => {
    const { reason: _reason, ...whose } = call.body
    return answerAct(call, { kind: 'assign', ...withoutGaps(whose) })
  },
})

export const snoozeTask = operation({
  ...about,
  id: 'snoozeTask',
  path: '/v1/tasks/{id}:snooze',
  summary: 'Put a task off until a time, or wake it',
  description: 'It is given back, and lists with `snoozed=false` leave it out until then. `null` wakes it.',
  body: {
    type: 'application/json',
    schema: z.strictObject({ until: z.iso.datetime({ offset: true }).nullable(), reason }),
  },
  problems,
  examples: [
    { name: 'Until next year', params: { id: EXAMPLE.task }, body: { until: '2027-01-04T08:00:00Z' }, status: 200 },
    { name: 'Until yesterday', params: { id: EXAMPLE.task }, body: { until: '2020-01-01T00:00:00Z' }, status: 400 },
  ],
  handle: (call) => {
    const { until } = call.body
    return answerAct(call, { kind: 'snooze', until: until === null ? null : new Date(until) })
  },
})

export const commentTask = operation({
  ...about,
  id: 'commentTask',
  path: '/v1/tasks/{id}:comment',
  summary: 'Say something about a task',
  description: 'It stands in the task’s history. A settled task can be commented, too.',
  body: { type: 'application/json', schema: z.strictObject({ text: z.string().trim().min(1).max(4000) }) },
  problems: ['request.invalid', 'request.not_json', 'resource.unknown'],
  examples: [{ name: 'A comment', params: { id: EXAMPLE.task }, body: { text: 'The sender was asked' }, status: 200 }],
  handle: (call) => answerAct({ ...call, body: { reason: call.body.text } }, { kind: 'comment' }),
})

type TaskCall = Pick<
  Call<z.output<typeof IdParams>, unknown, { reason?: string | undefined }>,
  'params' | 'body' | 'who' | 'deps'
>

const answerAct = async ({ params, body, who, deps }: TaskCall, act: TaskAct): Promise<Answer> => ({
  status: 200,
  body: showTask(await actOnTask(deps, who, params.id, { ...act, reason: body.reason ?? null })),
})

/** Shared by the API and the page. @throws Problem where the task does not allow it */
export const actOnTask = async (
  { desk }: GatewayDeps,
  { tenantId, actor }: Identity,
  taskId: string,
  act: TaskAct & { reason: string | null },
): Promise<TaskView> =>
  changedTask(await desk.editTask(tenantId, taskId, (task, now) => changeTask(task, { ...act, actor }, now)))
