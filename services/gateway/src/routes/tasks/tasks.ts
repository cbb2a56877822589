import { PRIORITY_LEVELS, TASK_STATES } from '@stageline/domain'
import type { TaskFilter } from '@stageline/engine/ports'
import { z } from 'zod'
import { Id, IdParams } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { answerPage, listOf, pageOf, PageQuery } from '../../http/page.ts'
import { unknownResource } from '../../http/problems.ts'
import { withoutGaps } from '../../http/without-gaps.ts'
import { EXAMPLE } from '../example-ids.ts'
import { showTask, TaskAnswer } from './task-answer.ts'

const TaskQuery = z.strictObject({
  state: listOf(z.enum(TASK_STATES)).optional(),
  type: z.string().max(63).optional(),
  job: Id.optional(),
  batch: Id.optional().meta({ description: 'Only those about jobs of this batch' }),
  fallback: z
    .stringbool()
    .optional()
    .meta({ description: '`true`: only what automation was given and gave up; `false`: without those' }),
  serviceArea: z.string().max(100).optional(),
  plan: Id.optional(),
  assignee: z.string().max(200).optional(),
  group: z.string().max(100).optional(),
  priority: z.enum(PRIORITY_LEVELS).optional(),
  dueBefore: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'Only those with a due time before this' }),
  snoozed: z.stringbool().optional().meta({ description: '`false`: without those that sleep; `true`: only those' }),
  sort: z
    .enum(['newest', 'priority'])
    .default('newest')
    .meta({ description: '`priority`: the most urgent first, of equals the oldest' }),
  ...PageQuery,
})

const about = { tag: 'Tasks' } as const
const answers = { 200: { description: 'The task', schema: TaskAnswer } }

export const listTasks = operation({
  ...about,
  id: 'listTasks',
  method: 'get',
  path: '/v1/tasks',
  summary: 'List work for people',
  query: TaskQuery,
  answers: { 200: { description: 'A page of tasks', schema: pageOf(TaskAnswer).meta({ id: 'TaskPage' }) } },
  problems: ['request.invalid', 'request.bad_cursor'],
  examples: [
    { name: 'What is open and urgent', query: { state: 'new,in_progress', priority: 'high' }, status: 200 },
    { name: 'What comes next', query: { state: 'new', snoozed: 'false', sort: 'priority', limit: '1' }, status: 200 },
  ],
  handle: async ({ query: { cursor, limit, job, batch, plan, dueBefore, ...same }, who, request, deps }) => {
    const due = dueBefore === undefined ? undefined : new Date(dueBefore)
    const filter: TaskFilter = withoutGaps({ ...same, jobId: job, batchId: batch, planId: plan, dueBefore: due })
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
