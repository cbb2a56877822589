import { z } from 'zod'
import type { Answer } from '../http/operation.ts'
import type { Problem } from '../http/problems.ts'
import { activatePlan, archivePlan, openPlan, PlanAnswer, readPlan } from '../routes/plans/plans.ts'
import { addSlaConfig, listSlaConfigs, SlaConfigAnswer } from '../routes/sla/configs.ts'
import { readSlaFigures, SlaFiguresAnswer } from '../routes/sla/records.ts'
import { Machine, readMetadata } from '../routes/system/metadata.ts'
import { transitionTask } from '../routes/tasks/act.ts'
import { openTask } from '../routes/tasks/open.ts'
import { TaskAnswer } from '../routes/tasks/task-answer.ts'
import { listTasks, readTask } from '../routes/tasks/tasks.ts'
import { readStats, StatsAnswer } from '../routes/views/stats.ts'
import { given, read, type AliasCall, type AliasSource } from './alias.ts'

const BASE = '/api/workflow'

/** Tasks and action plans of people, with promises of time. */
export const SOURCE_004: AliasSource = {
  name: '004',
  refuse,
  aliases: [
    { method: 'post', path: `${BASE}/tasks`, canonical: '/v1/tasks', serve: createTask },
    { method: 'get', path: `${BASE}/tasks`, canonical: '/v1/tasks', serve: tasks },
    {
      method: 'get',
      path: `${BASE}/tasks/{id}`,
      canonical: '/v1/tasks/{id}',
      serve: async ({ params, ask }) => ({ status: 200, body: showTask(await ask(readTask, { params })) }),
    },
    {
      method: 'post',
      path: `${BASE}/tasks/{id}/transition`,
      canonical: '/v1/tasks/{id}:transition',
      serve: transition,
    },
    { method: 'post', path: `${BASE}/action-plans`, canonical: '/v1/plans', serve: createPlan },
    {
      method: 'get',
      path: `${BASE}/action-plans/{id}`,
      canonical: '/v1/plans/{id}',
      serve: async ({ params, ask }) => ({ status: 200, body: showPlan(await ask(readPlan, { params })) }),
    },
    {
      method: 'post',
      path: `${BASE}/action-plans/{id}/activate`,
      canonical: '/v1/plans/{id}:activate',
      serve: async ({ params, body, ask }) => {
        const reason = given({ reason: body['reason'] })
        return moved('Action plan activated', showPlan(await ask(activatePlan, { params, body: reason })))
      },
    },
    {
      method: 'post',
      path: `${BASE}/action-plans/{id}/archive`,
      canonical: '/v1/plans/{id}:archive',
      serve: async ({ params, body, ask }) => {
        const wanted = given({ reason: body['reason'], cancelOpenTasks: body['cancel_open_tasks'] })
        return moved('Action plan archived', showPlan(await ask(archivePlan, { params, body: wanted })))
      },
    },
    { method: 'get', path: `${BASE}/metadata`, canonical: '/v1/metadata', serve: metadata },
    { method: 'post', path: `${BASE}/sla-configs`, canonical: '/v1/sla-configs', serve: createSla },
    { method: 'get', path: `${BASE}/sla-configs`, canonical: '/v1/sla-configs', serve: slas },
    { method: 'get', path: `${BASE}/stats`, canonical: '/v1/stats', serve: stats },
  ],
}

/** The system knew 400, 401, 403, 404 and 500; what it could not say keeps its status. */
function refuse({ status, code, message, errors, headers, more }: Problem): Answer {
  const { from, to } = more
  const isTransition = code === 'invalid_transition'
  const said = isTransition ? `Transition from ${String(from)} to ${String(to)} not allowed` : message
  const body = {
    success: false,
    message: said,
    error_code: errorCodes[code] ?? code.replaceAll('.', '_').toUpperCase(),
  }
  const isKept = [401, 403, 404, 429].includes(status) || status >= 500
  return { status: isKept ? status : 400, body: { ...body, ...(errors ? { errors } : {}) }, headers }
}
const errorCodes: Readonly<Record<string, string>> = {
  invalid_transition: 'INVALID_TRANSITION',
  'resource.unknown': 'NOT_FOUND',
  'request.invalid': 'VALIDATION_ERROR',
}

async function createTask({ body, ask }: AliasCall) {
  const wanted = given({
    type: body['task_type'],
    title: body['title'] ?? body['task_type'],
    description: body['description'],
    serviceArea: body['service_area'],
    priority: body['high_priority'] === true ? 'high' : body['priority'],
    dueAt: body['due_at'],
    assignee: body['assigned_to'],
    planId: body['action_plan_id'],
    evidence: body['metadata'],
  })
  const task = showTask(await ask(openTask, { body: wanted }))
  return { status: 201, body: task, headers: { Location: `${BASE}/tasks/${task.id}` } }
}

async function tasks({ query, ask }: AliasCall) {
  const { state, task_type: type, service_area: serviceArea, assigned_to: assignee, limit, cursor, priority } = query
  const plan = query['action_plan_id']
  const wanted = given({ state, type, serviceArea, assignee, limit, cursor, priority, plan })
  const { items, next } = read(Tasks, await ask(listTasks, { query: wanted }))
  return { status: 200, body: { tasks: items.map(taskOf), count: items.length, next_cursor: next } }
}
const Tasks = z.object({ items: z.array(TaskAnswer), next: z.string().nullable() })

async function transition({ params, body, ask }: AliasCall) {
  const wanted = given({ to: body['new_state'] ?? body['to_state'] ?? body['state'], reason: body['reason'] })
  const task = showTask(await ask(transitionTask, { params, body: wanted }))
  return { status: 200, body: { success: true, message: `Task is ${task.state}`, task } }
}

const showTask = (answer: Answer) => taskOf(read(TaskAnswer, answer))

const taskOf = (task: z.output<typeof TaskAnswer>) => ({
  id: task.id,
  task_type: task.type,
  title: task.title,
  description: task.description,
  service_area: task.serviceArea,
  state: task.state,
  priority: task.priorityLevel,
  due_at: task.dueAt,
  assigned_to: task.assignee,
  action_plan_id: task.planId,
  metadata: task.evidence,
  created_by: task.createdBy,
  created_at: task.createdAt,
  completed_at: task.completedAt,
})

async function createPlan({ body, ask }: AliasCall) {
  const wanted = given({ title: body['title'], description: body['description'], serviceArea: body['service_area'] })
  const plan = showPlan(await ask(openPlan, { body: wanted }))
  return { status: 201, body: plan, headers: { Location: `${BASE}/action-plans/${plan.id}` } }
}

const moved = (message: string, plan: ReturnType<typeof showPlan>): Answer => ({
  status: 200,
  body: { success: true, message, action_plan: plan },
})

function showPlan(answer: Answer) {
  const plan = read(PlanAnswer, answer)
  return {
    id: plan.id,
    title: plan.title,
    description: plan.description,
    service_area: plan.serviceArea,
    state: plan.state,
    tasks: plan.tasks,
    created_by: plan.createdBy,
    created_at: plan.createdAt,
    activated_at: plan.activatedAt,
    archived_at: plan.archivedAt,
  }
}

async function metadata({ ask }: AliasCall) {
  const { task, plan, taskTypes } = read(Metadata, await ask(readMetadata))
  const body = {
    task_states: task.states,
    task_transitions: task.edges,
    action_plan_states: plan.states,
    action_plan_transitions: plan.edges,
    task_types: taskTypes,
  }
  return { status: 200, body }
}
const Metadata = z.object({ task: Machine, plan: Machine, taskTypes: z.array(z.string()) })

async function createSla({ body, ask }: AliasCall) {
  const minutes = body['target_minutes']
  const hours = body['target_hours']
  const limitMs =
    typeof minutes === 'number' ? minutes * 60_000 : typeof hours === 'number' ? hours * 3_600_000 : undefined
  const wanted = given({ taskType: body['task_type'], serviceArea: body['service_area'], limitMs })
  return { status: 201, body: slaOf(read(SlaConfigAnswer, await ask(addSlaConfig, { body: wanted }))) }
}

async function slas({ ask }: AliasCall) {
  const all = read(z.object({ items: z.array(SlaConfigAnswer) }), await ask(listSlaConfigs)).items
  const items = all.filter(({ subject }) => subject === 'task')
  return { status: 200, body: { sla_configs: items.map(slaOf), count: items.length } }
}

const slaOf = ({ id, serviceArea, taskType, limitMs, active, createdAt }: z.output<typeof SlaConfigAnswer>) => ({
  id,
  service_area: serviceArea,
  task_type: taskType,
  target_minutes: limitMs / 60_000,
  is_active: active,
  created_at: createdAt,
})

async function stats({ query, ask, health }: AliasCall) {
  const range = given({ time_range: query['time_range'] })
  const [figures, sla, { status }] = await Promise.all([
    ask(readStats, { query: range }).then((answer) => read(StatsAnswer, answer)),
    ask(readSlaFigures).then((answer) => read(SlaFiguresAnswer, answer)),
    health.ready(),
  ])
  const breached = sla.weeks.reduce((sum, week) => sum + week.breached, 0)
  const body = {
    active_workflows: figures.activeWorkflows,
    state_distribution: figures.stateDistribution,
    sla: { active: sla.now.running, at_risk: sla.now.atRisk, paused: sla.now.paused, breached },
    background_workers: status === 200 ? 'healthy' : 'unhealthy',
  }
  return { status: 200, body }
}
