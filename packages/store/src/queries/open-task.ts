import { isId } from '@stageline/domain'
import type { NewTask, Opened } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { taskFrom, type TaskRow } from '../task-row.ts'
import { insertEntry } from './desk-entries.ts'
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
const OPENED = { name: 'opened-task', text: 'SELECT * FROM tasks WHERE tenant_id = $1 AND id = $2' }

/** A task that no step waits for, with the first entry of its history. One that is there under this id stays as it is. */
export async function openTask(db: Database, tenantId: string, task: NewTask): Promise<Opened> {
  const { id, jobId, planId, type, title, description, serviceArea, priority, evidence, dueAt } = task
  return db.transaction(tenantId, async (query) => {
    const [job] = isKnown(jobId) ? await query<{ workflow: string }>(JOB, [tenantId, jobId]) : []
    if (jobId !== null && !job) return { kind: 'unknown_job' }
    const [plan] = isKnown(planId) ? await query<{ state: string }>(PLAN, [tenantId, planId]) : []
    if (planId !== null && !plan) return { kind: 'unknown_plan' }
    if (plan?.state === 'archived') return { kind: 'archived_plan' }
    const about = [type, title, description, serviceArea, priority, json(evidence), dueAt]
    const whose = [task.assignee, task.group, task.createdBy]
    const [row] = await query<TaskRow>(INSERT, [tenantId, id, jobId, job?.workflow ?? null, planId, ...about, ...whose])
    if (!row) return { kind: 'opened', task: taskFrom((await query<TaskRow>(OPENED, [tenantId, id]))[0]!) }
    const opened = { event: 'opened', actor: task.createdBy, reason: null } as const
    await insertEntry(query, { tenantId, subject: 'task', subjectId: id, seq: 1, from: null, to: 'new', ...opened })
    return { kind: 'opened', task: taskFrom(row) }
  })
}

const isKnown = (id: string | null): id is string => id !== null && isId(id)
