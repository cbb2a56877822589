import type { TaskDraft } from '@stageline/domain'
import type { Query } from '../database.ts'
import { json, parameters } from './write-columns.ts'

export type TaskToOpen = { tenantId: string; jobId: string; workflow: string; task: TaskDraft }

const INSERT = {
  name: 'insert-tasks',
  text: `INSERT INTO tasks (tenant_id, job_id, workflow, id, step, type, cause, title, priority, evidence)
    SELECT * FROM unnest(${parameters(1, 'uuid uuid text uuid text text text text float8 jsonb'.split(' '))})`,
}

const TELL = {
  name: 'tell-opened-tasks',
  text: `INSERT INTO desk_history (tenant_id, subject, subject_id, seq, event, to_state, actor)
    SELECT tenant_id, 'task', id, 1, 'opened', 'new', 'stageline' FROM unnest(${parameters(1, ['uuid', 'uuid'])}) AS o(tenant_id, id)`,
}

export async function insertTasks(query: Query, tasks: readonly TaskToOpen[]): Promise<void> {
  if (tasks.length === 0) return
  await query(INSERT, [
    tasks.map(({ tenantId }) => tenantId),
    tasks.map(({ jobId }) => jobId),
    tasks.map(({ workflow }) => workflow),
    tasks.map(({ task }) => task.id),
    tasks.map(({ task }) => task.step),
    tasks.map(({ task }) => task.type),
    tasks.map(({ task }) => task.cause),
    tasks.map(({ task }) => task.title),
    tasks.map(({ task }) => task.priority),
    tasks.map(({ task }) => json(task.evidence)),
  ])
  await query(TELL, [tasks.map(({ tenantId }) => tenantId), tasks.map(({ task }) => task.id)])
}
