import type { Query } from '../database.ts'

/**
 * Both rows are taken without waiting: whoever changes the task just now also moves its clock, and what is still late
 * then is found a moment later. The breach is told in the commit that makes it one, so it is told once.
 */
const BREACH = {
  name: 'breach-due',
  text: `WITH due AS (
      SELECT r.tenant_id, r.task_id FROM sla_records r JOIN tasks t ON t.tenant_id = r.tenant_id AND t.id = r.task_id
      WHERE r.state = 'running' AND r.deadline <= (SELECT stageline_now())
      ORDER BY r.deadline LIMIT $1 FOR UPDATE OF r, t SKIP LOCKED
    ), breached AS (
      UPDATE sla_records r SET state = 'breached', breached_at = (SELECT stageline_now()) FROM due d
      WHERE r.tenant_id = d.tenant_id AND r.task_id = d.task_id
      RETURNING r.tenant_id, r.task_id, r.config_id, r.limit_ms, r.deadline
    ), escalated AS (
      UPDATE tasks t SET seq = t.seq + 1,
        priority = CASE WHEN t.completed_at IS NULL THEN greatest(t.priority, c.escalate_priority) ELSE t.priority END,
        assigned_group = CASE WHEN t.completed_at IS NULL THEN coalesce(c.escalate_group, t.assigned_group) ELSE t.assigned_group END
      FROM breached b JOIN sla_configs c ON c.tenant_id = b.tenant_id AND c.id = b.config_id
      WHERE t.tenant_id = b.tenant_id AND t.id = b.task_id
      RETURNING t.tenant_id, t.id, t.seq, t.state, t.priority, t.assigned_group, b.config_id, b.limit_ms, b.deadline
    ), told AS (
      INSERT INTO desk_history (tenant_id, subject, subject_id, seq, event, from_state, to_state, actor, data)
      SELECT tenant_id, 'task', id, seq, 'sla_breached', state, state, 'stageline', jsonb_build_object('configId', config_id,
        'limitMs', limit_ms, 'deadline', deadline, 'priority', priority, 'group', assigned_group)
      FROM escalated RETURNING 1
    ) SELECT count(*) AS breached FROM told`,
}

/** Promises whose time is over: each is broken once, and its task escalated as its config says. */
export async function breachDue(query: Query, limit: number): Promise<number> {
  const [row] = await query<{ breached: number }>(BREACH, [limit])
  return row?.breached ?? 0
}
