import type { TaskDesk } from '@stageline/engine/ports'
import type { Database } from './database.ts'
import { selectEntries } from './queries/desk-entries.ts'
import { editPlan } from './queries/edit-plan.ts'
import { editTask } from './queries/edit-task.ts'
import { openTask } from './queries/open-task.ts'
import { listPlans, openPlan, selectPlan } from './queries/plans.ts'
import { selectCorrections } from './queries/select-corrections.ts'
import { withRetries } from './with-retries.ts'

/** Tasks and plans as people handle them. An id that is none, or another tenant's, is unknown. */
export function createTaskDesk(db: Database): TaskDesk {
  return {
    openTask: (tenantId, task, idempotency) => openTask(db, tenantId, task, idempotency),
    editTask: (tenantId, taskId, decide) => withRetries(() => editTask(db, tenantId, taskId, decide)),
    openPlan: (tenantId, plan) => openPlan(db, tenantId, plan),
    plan: (tenantId, planId) =>
      selectPlan((statement, values) => db.query(tenantId, statement, values), tenantId, planId),
    plans: (tenantId, filter, page) => listPlans(db, tenantId, filter, page),
    editPlan: (tenantId, planId, decide) => withRetries(() => editPlan(db, tenantId, planId, decide)),
    entries: (tenantId, subjectId) => selectEntries(db, tenantId, subjectId),
    corrections: (tenantId, after, limit) => selectCorrections(db, tenantId, after, limit),
  }
}
