import { isId } from '@stageline/domain'
import type { Decide, Edited, NewEntry, PlanView } from '@stageline/engine/ports'
import type { Database, Query } from '../database.ts'
import { insertEntry } from './desk-entries.ts'
import { selectPlan } from './plans.ts'

const LOCK = {
  name: 'lock-plan',
  text: 'SELECT stageline_now() AS now FROM plans WHERE tenant_id = $1 AND id = $2 FOR UPDATE',
}

const UPDATE = {
  name: 'edit-plan',
  text: `UPDATE plans SET state = $3, activated_at = $4, archived_at = $5, seq = seq + 1
    WHERE tenant_id = $1 AND id = $2 RETURNING seq`,
}

/** Whoever comes second waits, and decides on what the first has made of the plan. */
export async function editPlan(
  db: Database,
  tenantId: string,
  planId: string,
  decide: Decide<PlanView>,
): Promise<Edited<PlanView>> {
  if (!isId(planId)) return { kind: 'unknown' }
  return db.transaction(tenantId, async (query) => {
    const [locked] = await query<{ now: string }>(LOCK, [tenantId, planId])
    const view = locked && (await selectPlan(query, tenantId, planId))
    if (!view) return { kind: 'unknown' }
    const decided = decide(view, new Date(locked.now))
    if ('refused' in decided) return { kind: 'refused', refusal: decided.refused, view }
    if ('same' in decided) return { kind: 'changed', view }
    const { to, entry } = decided
    const [changed] = await query<{ seq: number }>(UPDATE, [tenantId, planId, to.state, to.activatedAt, to.archivedAt])
    const about = { tenantId, subject: 'plan', subjectId: planId, seq: changed!.seq } as const
    await insertEntry(query, { ...about, from: view.state, to: to.state, ...entry })
    if (decided.cancelsTasks) await cancelTasks(query, [tenantId, planId], entry)
    return { kind: 'changed', view: (await selectPlan(query, tenantId, planId)) ?? to }
  })
}

const CANCEL = {
  name: 'cancel-tasks-of-plan',
  text: `WITH open AS (
      SELECT tenant_id, id, state AS was FROM tasks
      WHERE tenant_id = $1 AND plan_id = $2 AND state IN ('new', 'in_progress', 'blocked') ORDER BY id FOR UPDATE
    ), cancelled AS (
      UPDATE tasks t SET state = 'cancelled', completed_at = (SELECT stageline_now()), verdict_by = $3, verdict_reason = $4,
        lease_until = NULL, snoozed_until = NULL, blocked_reason = NULL, seq = t.seq + 1
      FROM open o WHERE t.tenant_id = o.tenant_id AND t.id = o.id RETURNING t.tenant_id, t.id, t.seq, o.was
    )
    INSERT INTO desk_history (tenant_id, subject, subject_id, seq, event, from_state, to_state, actor, reason)
    SELECT tenant_id, 'task', id, seq, 'settled', was, 'cancelled', $3, $4 FROM cancelled`,
}

async function cancelTasks(query: Query, plan: [string, string], { actor, reason }: NewEntry): Promise<void> {
  await query(CANCEL, [...plan, actor, reason])
}
