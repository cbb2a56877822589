import { isId } from '@stageline/domain'
import type { NewTask, Opened } from '@stageline/engine/ports'
import type { Database, Query } from '../database.ts'
import { taskFrom, type TaskRow } from '../task-row.ts'
import { insertEntry } from './desk-entries.ts'
import { selectTask } from './select-task.ts'
import { takeIdempotencyKeys } from './take-idempotency-keys.ts'
import { json } from './write-columns.ts'

const JOB = { name: 'workflow-of-job', text: 'SELECT workflow FROM jobs WHERE tenant_id = $1 AND id = $2' }
/** Shared, so that nobody archives the plan before the task is in it. */
const PLAN = { name: 'plan-for-task', text: 'SELECT state FROM plans WHERE tenant_id = $1 AND id = $2 FOR SHARE' }

const INSERT = {
  name: 'open-task',
  text: `INSERT INTO tasks (tenant_id, id, job_id, workflow, plan_id, type, cause, title, description, service_area, priority,
      evidence, due_at, assignee, assigned_group, created_by)
    VALUES ($1, $2, $3, $4, $5, $6, 'opened', $7, $8, $9, $10, $11, $12, $13, $14, $15)
    ON CONFLICT (tenant_id, id) DO NOTHING RETURNING *`,
}

type Key = { key: string; fingerprint: string } | null | undefined
type Refused = Exclude<Opened, { task: unknown }>

/** Rolls back: a key is taken by what was opened only. */
class NotOpened extends Error {
  readonly refused: Refused

  constructor(refused: Refused) {
    super(refused.kind)
    this.refused = refused
  }
}

/** A task that no step waits for, with the first entry of its history; a repeated request finds the
 * first one's, and one that is there under this id stays as it is. */
export async function openTask(db: Database, tenantId: string, task: NewTask, idempotency: Key): Promise<Opened> {
  try {
    return await db.transaction(tenantId, async (query) => {
      const earlier = idempotency ? await earlierTask(query, tenantId, task.id, idempotency) : undefined
      return earlier ?? (await insertTask(query, tenantId, task))
    })
  } catch (error) {
    if (error instanceof NotOpened) return error.refused
    throw error
  }
}

async function earlierTask(
  query: Query,
  tenantId: string,
  taskId: string,
  idempotency: NonNullable<Key>,
): Promise<Opened | undefined> {
  const wanted = { operation: 'openTask', ...idempotency, jobId: taskId }
  const [owner] = await takeIdempotencyKeys(query, tenantId, [wanted])
  const task = owner && owner.job_id !== taskId ? await selectTask(query, tenantId, owner.job_id) : undefined
  return owner && task && { kind: owner.fingerprint === idempotency.fingerprint ? 'replayed' : 'other_body', task }
}

/** @throws NotOpened */
async function insertTask(query: Query, tenantId: string, task: NewTask): Promise<Opened> {
  const { id, jobId, planId, type, title, description, serviceArea, priority, evidence, dueAt } = task
  const [job] = isKnown(jobId) ? await query<{ workflow: string }>(JOB, [tenantId, jobId]) : []
  if (jobId !== null && !job) throw new NotOpened({ kind: 'unknown_job' })
  const [plan] = isKnown(planId) ? await query<{ state: string }>(PLAN, [tenantId, planId]) : []
  if (planId !== null && !plan) throw new NotOpened({ kind: 'unknown_plan' })
  if (plan?.state === 'archived') throw new NotOpened({ kind: 'archived_plan' })
  const about = [type, title, description, serviceArea, priority, json(evidence), dueAt]
  const whose = [task.assignee, task.group, task.createdBy]
  const [row] = await query<TaskRow>(INSERT, [tenantId, id, jobId, job?.workflow ?? null, planId, ...about, ...whose])
  if (!row) return { kind: 'opened', task: (await selectTask(query, tenantId, id))! }
  const opened = { event: 'opened', actor: task.createdBy, reason: null, data: task.belongsTo } as const
  await insertEntry(query, { tenantId, subject: 'task', subjectId: id, seq: 1, from: null, to: 'new', ...opened })
  return { kind: 'opened', task: taskFrom(row) }
}

const isKnown = (id: string | null): id is string => id !== null && isId(id)
