import { z } from 'zod'
import { Problem } from '../http/problems.ts'
import { BatchAnswer } from '../routes/batches/run-answer.ts'
import { listBatches, readBatch } from '../routes/batches/batches.ts'
import { runBatch } from '../routes/batches/run.ts'
import { listSources } from '../routes/sources/sources.ts'
import { TaskAnswer } from '../routes/tasks/task-answer.ts'
import { listTasks } from '../routes/tasks/tasks.ts'
import { detailed, given, healthOf, read, type AliasCall, type AliasSource } from './alias.ts'
import { changeConfig, readConfig } from './part-config.ts'

/** Parts of a warehouse, decided between automation and people. */
export const SOURCE_000: AliasSource = {
  name: '000',
  refuse: detailed,
  aliases: [
    { method: 'post', path: '/workflow/run', canonical: '/v1/batches', serve: run },
    {
      method: 'get',
      path: '/workflow/status/{batch_id}',
      canonical: '/v1/batches/{batch_id}',
      serve: async ({ params, ask }) => {
        const answer = await ask(readBatch, { params: { id: params['batch_id']?.replace(/^batch_/, '') } })
        return { status: 200, body: showBatch(read(BatchAnswer, answer)) }
      },
    },
    { method: 'get', path: '/workflow/pending', canonical: '/v1/tasks', serve: pending },
    { method: 'get', path: '/workflow/config', canonical: '/v1/policies/completeness-v2', serve: readConfig },
    { method: 'put', path: '/workflow/config', canonical: '/v1/policies/completeness-v2', serve: changeConfig },
    { method: 'post', path: '/workflow/config', canonical: '/v1/policies/completeness-v2', serve: changeConfig },
    { method: 'get', path: '/workflow/batches', canonical: '/v1/batches', serve: batches },
    {
      method: 'get',
      path: '/workflow/health',
      canonical: '/health/ready',
      isOpen: true,
      serve: ({ health }) => healthOf(health),
    },
  ],
}

async function run({ body, ask }: AliasCall) {
  const { limit, priority_threshold: minPriority, force_automation: automation, force_manual: person } = body
  if (automation === true && person === true) throw invalid('force_manual', 'Force automation or people, not both.')
  const source = body['source'] ?? (await onlySource(ask))
  const force = automation === true ? 'automation' : person === true ? 'person' : undefined
  const wanted = given({ limit, force, filter: given({ minPriority }) })
  const answer = await ask(runBatch, { body: { source, workflow: body['workflow'] ?? 'part', ...wanted } })
  const batch = showBatch(read(BatchAnswer, answer))
  const headers = { Location: `/workflow/status/${batch.batch_id}` }
  return { status: answer.status, body: { ...batch, message: `Workflow started: ${batch.batch_id}` }, headers }
}

const SourceKeys = z.object({ items: z.array(z.object({ key: z.string() })) })

/** The system knew one warehouse. */
async function onlySource(ask: AliasCall['ask']): Promise<string> {
  const keys = read(SourceKeys, await ask(listSources)).items.map(({ key }) => key)
  const [only] = keys
  if (only !== undefined && keys.length === 1) return only
  if (keys.includes('default')) return 'default'
  throw invalid(
    'source',
    keys.length === 0
      ? 'There is no source yet: PUT /v1/sources/{key}.'
      : `Name one of the sources: ${keys.join(', ')}.`,
  )
}

async function pending({ query, ask }: AliasCall) {
  const wanted = { limit: query['limit'], priority: query['priority']?.toLowerCase(), cursor: query['cursor'] }
  const fixed = { state: 'new,in_progress,blocked', sort: 'priority' }
  const { items, next } = read(Tasks, await ask(listTasks, { query: { ...given(wanted), ...fixed } }))
  const tasks = items.map((task) => ({
    task_id: task.id,
    job_id: task.jobId,
    title: task.title,
    task_type: task.type,
    status: task.state,
    priority: task.priorityLevel,
    priority_score: task.priority,
    assigned_to: task.assignee,
    created_at: task.createdAt,
    data: task.evidence,
  }))
  return { status: 200, body: { tasks, count: tasks.length, next_cursor: next } }
}
const Tasks = z.object({ items: z.array(TaskAnswer), next: z.string().nullable() })

async function batches({ query, ask }: AliasCall) {
  const wanted = given({ limit: query['limit'], cursor: query['cursor'] })
  const { items, next } = read(Batches, await ask(listBatches, { query: wanted }))
  return { status: 200, body: { batches: items.map(showBatch), count: items.length, next_cursor: next } }
}
const Batches = z.object({ items: z.array(BatchAnswer), next: z.string().nullable() })

function showBatch({
  id,
  total,
  byState,
  finished,
  percent,
  createdAt,
  etaAt,
  run: source,
}: z.output<typeof BatchAnswer>) {
  const { completed = 0, cancelled = 0, suspended: manual = 0, failed = 0 } = byState
  const isRead = source === undefined || source.finishedAt !== null
  const status = source?.state === 'failed' ? 'failed' : isRead && finished === total ? 'completed' : 'running'
  return {
    batch_id: id,
    status,
    total_records: total,
    completed,
    cancelled,
    failed,
    manual,
    pending: total - finished,
    progress: percent,
    by_state: byState,
    created_at: createdAt,
    estimated_completion: etaAt,
    error: source?.error?.message ?? null,
  }
}

const invalid = (member: string, detail: string): Problem =>
  new Problem('request.invalid', detail, { errors: [{ pointer: `/${member}`, detail }] })
