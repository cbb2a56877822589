import { JsonObject, newId, PRIORITY_LEVELS, priorityOf } from '@stageline/domain'
import { belongingOf } from '@stageline/engine'
import type { Opened } from '@stageline/engine/ports'
import { z } from 'zod'
import { fingerprint, IdempotencyHeader, idempotencyKey } from '../../http/idempotency.ts'
import { Id } from '../../http/id.ts'
import { operation } from '../../http/operation.ts'
import { Problem } from '../../http/problems.ts'
import { CorrelationHeader, requestMarks } from '../../http/request-marks.ts'
import { EXAMPLE } from '../example-ids.ts'
import { Name } from './act.ts'
import { showTask, TaskAnswer } from './task-answer.ts'

const OpenTaskBody = z
  .strictObject({
    type: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,62}$/)
      .meta({ description: '`review`, `intake`, `assessment`, or a name of your own' }),
    title: z.string().trim().min(1).max(200),
    description: z.string().trim().min(1).max(4000).optional(),
    serviceArea: Name.optional(),
    priority: z
      .union([z.number().min(0).max(1), z.enum(PRIORITY_LEVELS)])
      .default('medium')
      .meta({ description: '0 to 1, or by name: high 0.8, medium 0.5, low 0.2' }),
    dueAt: z.iso.datetime({ offset: true }).optional(),
    assignee: Name.optional(),
    group: Name.optional(),
    jobId: Id.optional().meta({ description: 'The job that it is about' }),
    planId: Id.optional(),
    evidence: JsonObject.default({}).meta({ description: 'What whoever does it needs to know' }),
  })
  .meta({ id: 'OpenTask' })

export const openTask = operation({
  id: 'openTask',
  method: 'post',
  path: '/v1/tasks',
  tag: 'Tasks',
  summary: 'Open a task that no step waits for',
  headers: IdempotencyHeader.extend(CorrelationHeader.shape),
  body: { type: 'application/json', schema: OpenTaskBody },
  answers: {
    201: { description: 'The new task', schema: TaskAnswer, headers: { Location: 'Address of the task' } },
    200: {
      description: 'The same request came before: this is the task that it opened, as it is now',
      schema: TaskAnswer,
      headers: { Location: 'Address of the task', 'Idempotency-Replayed': '`true`' },
    },
  },
  problems: [
    'request.invalid',
    'request.not_json',
    'request.bad_key',
    'idempotency.other_body',
    'task.unknown_reference',
    'plan.archived',
  ],
  examples: [
    {
      name: 'An assessment',
      body: { type: 'assessment', title: 'Assess the new vendor', serviceArea: 'procurement', priority: 'high' },
      status: 201,
    },
    {
      name: 'About a job, in a plan',
      body: { type: 'review', title: 'Ask for the original', jobId: EXAMPLE.job, planId: EXAMPLE.plan, priority: 0.9 },
      status: 201,
    },
    {
      name: 'Of a plan that nobody made',
      body: { type: 'review', title: 'Look again', planId: EXAMPLE.job },
      status: 422,
    },
  ],
  handle: async ({ body, who, request, response, deps }) => {
    const { description = null, serviceArea = null, assignee = null, group = null } = body
    const { jobId = null, planId = null, type, title, evidence } = body
    const named = { type, title, description, serviceArea, evidence, assignee, group, jobId, planId }
    const asked = {
      ...named,
      id: newId(),
      priority: priorityOf(body.priority),
      dueAt: body.dueAt === undefined ? null : new Date(body.dueAt).toISOString(),
      createdBy: who.actor,
      belongsTo: belongingOf(requestMarks(response)),
    }
    const key = idempotencyKey(request)
    const idempotency = key === undefined ? null : { key, fingerprint: fingerprint(body) }
    const { kind, task } = openedTask(await deps.desk.openTask(who.tenantId, asked, idempotency))
    const headers = { Location: `/v1/tasks/${task.id}` }
    if (kind === 'opened') return { status: 201, body: showTask(task), headers }
    return { status: 200, body: showTask(task), headers: { ...headers, 'Idempotency-Replayed': 'true' } }
  },
})

/** @throws Problem where none was opened */
function openedTask(opened: Opened) {
  switch (opened.kind) {
    case 'opened':
    case 'replayed':
      return opened
    case 'other_body':
      throw new Problem('idempotency.other_body', 'The key belongs to another task.', {
        more: { taskId: opened.task.id },
      })
    case 'unknown_job':
      throw unknownReference('/jobId', 'There is no such job.')
    case 'unknown_plan':
      throw unknownReference('/planId', 'There is no such plan.')
    case 'archived_plan':
      throw new Problem('plan.archived', 'It takes no new tasks.')
    default:
      return opened satisfies never
  }
}

const unknownReference = (pointer: string, detail: string): Problem =>
  new Problem('task.unknown_reference', detail, { errors: [{ pointer, detail }] })
