import { newId, PLAN_STATES, TASK_STATES } from '@stageline/domain'
import { belongingOf, changePlan, type PlanAct } from '@stageline/engine'
import type { PlanView } from '@stageline/engine/ports'
import { z } from 'zod'
import { Id, IdParams } from '../../http/id.ts'
import { operation, type Answer, type Call } from '../../http/operation.ts'
import { answerPage, listOf, pageOf, PageQuery } from '../../http/page.ts'
import { unknownResource } from '../../http/problems.ts'
import { CorrelationHeader, requestMarks } from '../../http/request-marks.ts'
import { withoutGaps } from '../../http/without-gaps.ts'
import { EXAMPLE } from '../example-ids.ts'
import { Name, Reason } from '../tasks/act.ts'
import { DeskHistoryAnswer } from '../tasks/history.ts'
import { changed } from '../tasks/refusals.ts'

export const PlanAnswer = z
  .object({
    id: Id,
    title: z.string(),
    description: z.string().nullable(),
    serviceArea: z.string().nullable(),
    state: z.enum(PLAN_STATES),
    createdBy: z.string(),
    createdAt: z.string(),
    activatedAt: z.string().nullable(),
    archivedAt: z.string().nullable(),
    tasks: z.partialRecord(z.enum(TASK_STATES), z.number().int()).meta({ description: 'How many tasks, by state' }),
  })
  .meta({ id: 'Plan' })

const showPlan = (plan: PlanView): z.input<typeof PlanAnswer> => plan

const about = { tag: 'Plans' } as const
const answers = { 200: { description: 'The plan', schema: PlanAnswer } }

export const openPlan = operation({
  ...about,
  id: 'openPlan',
  method: 'post',
  path: '/v1/plans',
  summary: 'Draft a plan; `planId` of new tasks puts them in it',
  headers: CorrelationHeader,
  body: {
    type: 'application/json',
    schema: z
      .strictObject({
        title: z.string().trim().min(1).max(200),
        description: z.string().trim().min(1).max(4000).optional(),
        serviceArea: Name.optional(),
      })
      .meta({ id: 'OpenPlan' }),
  },
  answers: { 201: { description: 'The draft', schema: PlanAnswer, headers: { Location: 'Address of the plan' } } },
  problems: ['request.invalid', 'request.not_json'],
  examples: [{ name: 'A plan', body: { title: 'Bring in the new vendor', serviceArea: 'procurement' }, status: 201 }],
  handle: async ({ body, who, response, deps }) => {
    const { title, description = null, serviceArea = null } = body
    const id = newId()
    const belongsTo = belongingOf(requestMarks(response))
    await deps.desk.openPlan(who.tenantId, { id, title, description, serviceArea, createdBy: who.actor, belongsTo })
    const plan = await deps.desk.plan(who.tenantId, id)
    if (!plan) throw unknownResource()
    return { status: 201, body: showPlan(plan), headers: { Location: `/v1/plans/${id}` } }
  },
})

export const listPlans = operation({
  ...about,
  id: 'listPlans',
  method: 'get',
  path: '/v1/plans',
  summary: 'List plans, newest first',
  query: z.strictObject({
    state: listOf(z.enum(PLAN_STATES)).optional(),
    serviceArea: z.string().max(100).optional(),
    ...PageQuery,
  }),
  answers: { 200: { description: 'A page of plans', schema: pageOf(PlanAnswer).meta({ id: 'PlanPage' }) } },
  problems: ['request.invalid', 'request.bad_cursor'],
  examples: [{ name: 'Those under way', query: { state: 'active' }, status: 200 }],
  handle: async ({ query: { cursor, limit, ...filter }, who, request, deps }) => {
    const page = cursor === undefined ? { limit } : { cursor, limit }
    return answerPage(request, await deps.desk.plans(who.tenantId, withoutGaps(filter), page), showPlan)
  },
})

export const readPlan = operation({
  ...about,
  id: 'getPlan',
  method: 'get',
  path: '/v1/plans/{id}',
  summary: 'Read one plan; its tasks are `GET /v1/tasks?plan=`',
  params: IdParams,
  answers,
  problems: ['resource.unknown'],
  examples: [{ name: 'A plan', params: { id: EXAMPLE.plan }, status: 200 }],
  handle: async ({ params, who, deps }) => {
    const plan = await deps.desk.plan(who.tenantId, params.id)
    if (!plan) throw unknownResource()
    return { status: 200, body: showPlan(plan) }
  },
})

export const readPlanHistory = operation({
  ...about,
  id: 'getPlanHistory',
  method: 'get',
  path: '/v1/plans/{id}/history',
  summary: 'Read who did what to a plan, and when',
  params: IdParams,
  answers: { 200: { description: 'Its history in order', schema: DeskHistoryAnswer } },
  problems: ['resource.unknown'],
  examples: [{ name: 'The history of a plan', params: { id: EXAMPLE.plan }, status: 200 }],
  handle: async ({ params, who, deps }) => {
    if (!(await deps.desk.plan(who.tenantId, params.id))) throw unknownResource()
    return { status: 200, body: { items: await deps.desk.entries(who.tenantId, params.id) } }
  },
})

export const activatePlan = operation({
  ...about,
  id: 'activatePlan',
  method: 'post',
  path: '/v1/plans/{id}:activate',
  summary: 'Begin a plan',
  params: IdParams,
  body: { type: 'application/json', schema: z.strictObject({ reason: Reason.optional() }), optional: true },
  answers,
  problems: ['request.invalid', 'request.not_json', 'resource.unknown', 'invalid_transition'],
  examples: [{ name: 'Activate', params: { id: EXAMPLE.plan }, status: 200 }],
  handle: (call) => move(call, { to: 'active', cancelsTasks: false }),
})

export const archivePlan = operation({
  ...about,
  id: 'archivePlan',
  method: 'post',
  path: '/v1/plans/{id}:archive',
  summary: 'End a plan, for good',
  params: IdParams,
  body: {
    type: 'application/json',
    schema: z.strictObject({
      reason: Reason.optional(),
      cancelOpenTasks: z
        .boolean()
        .default(false)
        .meta({ description: 'Its open tasks are cancelled with it; without this they refuse it' }),
    }),
    optional: true,
  },
  answers,
  problems: ['request.invalid', 'request.not_json', 'resource.unknown', 'invalid_transition', 'plan.open_tasks'],
  examples: [
    { name: 'Archive', params: { id: EXAMPLE.plan }, body: { cancelOpenTasks: true, reason: 'Done' }, status: 200 },
  ],
  handle: (call) => move(call, { to: 'archived', cancelsTasks: call.body.cancelOpenTasks }),
})

type PlanCall = Pick<
  Call<z.output<typeof IdParams>, unknown, { reason?: string | undefined }>,
  'params' | 'body' | 'who' | 'deps'
>

async function move({ params, body, who, deps }: PlanCall, act: PlanAct): Promise<Answer> {
  const asked = { ...act, actor: who.actor, reason: body.reason ?? null }
  const edited = await deps.desk.editPlan(who.tenantId, params.id, (plan, now) => changePlan(plan, asked, now))
  return { status: 200, body: showPlan(changed(edited)) }
}
