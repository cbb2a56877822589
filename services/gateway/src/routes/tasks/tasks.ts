import { TASK_STATES } from '@stageline/domain'
import type { TaskFilter } from '@stageline/engine/ports'
import { z } from 'zod'
import { Id, IdParams } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { answerPage, listOf, pageOf, PageQuery } from '../../http/page.ts'
import { unknownResource } from '../../http/problems.ts'
import { withoutGaps } from '../../http/without-gaps.ts'
import { EXAMPLE } from '../example-ids.ts'
import { answerTask, showTask, TaskAnswer } from './task-answer.ts'

const LEASE_MS = 15 * 60_000

const TaskQuery = z.strictObject({
  state: listOf(z.enum(TASK_STATES)).optional(),
  type: z.string().max(63).optional(),
  job: Id.optional(),
  assignee: z.string().max(200).optional(),
  priority: z.enum(['high', 'medium', 'low']).optional(),
  ...PageQuery,
})

const about = { tag: 'Tasks' } as const
const answers = { 200: { description: 'The task', schema: TaskAnswer } }

export const listTasks = operation({
  ...about,
  id: 'listTasks',
  method: 'get',
  path: '/v1/tasks',
  summary: 'List work for people, newest first',
  query: TaskQuery,
  answers: { 200: { description: 'A page of tasks', schema: pageOf(TaskAnswer).meta({ id: 'TaskPage' }) } },
  problems: ['request.invalid', 'request.bad_cursor'],
  examples: [{ name: 'What is open and urgent', query: { state: 'new,in_progress', priority: 'high' }, status: 200 }],
  handle: async ({ query: { cursor, limit, job, ...same }, who, request, deps }) => {
    const filter: TaskFilter = withoutGaps({ ...same, jobId: job })
    const page = await deps.reader.tasks(who.tenantId, filter, cursor === undefined ? { limit } : { cursor, limit })
    return answerPage(request, page, showTask)
  },
})

export const readTask = operation({
  ...about,
  id: 'getTask',
  method: 'get',
  path: '/v1/tasks/{id}',
  summary: 'Read one task with its evidence',
  params: IdParams,
  answers,
  problems: ['resource.unknown'],
  examples: [{ name: 'A task', params: { id: EXAMPLE.task }, status: 200 }],
  handle: async ({ params, who, deps }) => {
    const task = await deps.reader.task(who.tenantId, params.id)
    if (!task) throw unknownResource()
    return { status: 200, body: showTask(task) }
  },
})

const ClaimBody = z.strictObject({
  leaseMs: z
    .number()
    .int()
    .min(1_000)
    .max(8 * 3_600_000)
    .default(LEASE_MS)
    .meta({ description: 'How long it is yours, in milliseconds' }),
})

export const claimTask = operation({
  ...about,
  id: 'claimTask',
  method: 'post',
  path: '/v1/tasks/{id}:claim',
  summary: 'Take a task until its lease ends',
  params: IdParams,
  body: { type: 'application/json', schema: ClaimBody, optional: true },
  answers,
  problems: ['request.invalid', 'resource.unknown', 'task.held', 'task.closed'],
  examples: [{ name: 'Claim for an hour', params: { id: EXAMPLE.task }, body: { leaseMs: 3_600_000 }, status: 200 }],
  handle: async ({ params, body, who, deps }) =>
    answerTask(await deps.writer.claimTask(who.tenantId, params.id, who.actor, body.leaseMs)),
})

export const releaseTask = operation({
  ...about,
  id: 'releaseTask',
  method: 'post',
  path: '/v1/tasks/{id}:release',
  summary: 'Give a task back',
  params: IdParams,
  body: { type: 'application/json', schema: z.strictObject({}), optional: true },
  answers,
  problems: ['request.invalid', 'resource.unknown', 'task.held', 'task.closed'],
  examples: [{ name: 'Release', params: { id: EXAMPLE.task }, status: 200 }],
  handle: async ({ params, who, deps }) =>
    answerTask(await deps.writer.releaseTask(who.tenantId, params.id, who.actor)),
})
