import type { Query } from '../database.ts'
import { clocksCounted } from './clock-counts.ts'

/**
 * As breachDue does for tasks. The entry in the history raises `revision`: whoever works the job just now reads it again.
 * A history that has been sealed stays as it is.
 */
const BREACH = {
  name: 'breach-jobs',
  text: `WITH due AS (
      SELECT r.tenant_id, r.id FROM job_sla_records r JOIN jobs j ON j.tenant_id = r.tenant_id AND j.id = r.job_id
      WHERE r.state = 'running' AND r.deadline <= (SELECT stageline_now())
      ORDER BY r.deadline LIMIT $1 FOR UPDATE OF r, j SKIP LOCKED
    ), breached AS (
      UPDATE job_sla_records r SET state = 'breached', breached_at = (SELECT stageline_now()) FROM due d
      WHERE r.tenant_id = d.tenant_id AND r.id = d.id
      RETURNING r.tenant_id, r.id, r.job_id, r.subject, r.step, r.stage, r.workflow, r.config_id, r.limit_ms, r.deadline
    ), numbered AS (
      SELECT b.*, c.escalate_priority, row_number() OVER (PARTITION BY b.tenant_id, b.job_id ORDER BY b.deadline, b.id) AS n
      FROM breached b LEFT JOIN sla_configs c ON c.tenant_id = b.tenant_id AND c.id = b.config_id
    ), moved AS (
      UPDATE jobs j SET seq = j.seq + m.entries, revision = j.revision + 1,
        priority = CASE WHEN j.finished_at IS NULL THEN greatest(j.priority, m.priority) ELSE j.priority END
      FROM (SELECT tenant_id, job_id, count(*)::integer AS entries, max(escalate_priority) AS priority FROM numbered GROUP BY 1, 2) m
      WHERE j.tenant_id = m.tenant_id AND j.id = m.job_id AND j.seal IS NULL
      RETURNING j.tenant_id, j.id, j.seq - m.entries AS before, j.state, j.priority
    ), told AS (
      INSERT INTO history (tenant_id, job_id, seq, at, event, step, stage, path, times, job_from, job_to, actor, data)
      SELECT m.tenant_id, m.id, m.before + c.n, (SELECT stageline_now()), 'sla_breached', nullif(c.step, ''), c.stage, '{}', '{}',
        m.state, m.state, 'stageline', jsonb_build_object('subject', c.subject, 'configId', c.config_id, 'limitMs', c.limit_ms,
          'deadline', c.deadline, 'priority', m.priority)
      FROM moved m JOIN numbered c ON c.tenant_id = m.tenant_id AND c.job_id = m.id
    ), deltas AS (
      SELECT b.tenant_id, b.workflow, b.stage, d.state, d.delta FROM breached b CROSS JOIN (VALUES ('running', -1), ('breached', 1)) AS d(state, delta)
    ), counts AS (
      ${clocksCounted('deltas')}
    ) SELECT count(*) AS breached FROM breached`,
}

/** Promises for jobs and stages whose time is over: each is broken once. */
export async function breachJobs(query: Query, limit: number): Promise<number> {
  const [row] = await query<{ breached: number }>(BREACH, [limit])
  return row?.breached ?? 0
}
