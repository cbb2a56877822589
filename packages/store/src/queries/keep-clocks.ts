import { newId } from '@stageline/domain'
import type { ClockChange } from '../clock-changes.ts'
import type { Query } from '../database.ts'
import { PROMISES_COUNT_AFTER_MS } from '../promised-scopes.ts'
import { clocksCounted } from './clock-counts.ts'
import { parameters } from './write-columns.ts'

export type ClockToKeep = ClockChange & { tenantId: string; jobId: string; workflow: string }

const NOW = '(SELECT stageline_now())'
const pauses = (of: string) =>
  `(c.phase = 'waiting' AND ${of}.pauses_while_waiting OR c.phase = 'suspended' AND ${of}.pauses_while_suspended)`

/**
 * Begins, holds and stops clocks. Of the promises that fit the one that says most counts, then that for the stage or
 * workflow of that name, then the shortest. What ends late stays `running`: the breach is still to be told, once. What begins
 * and ends at once is met.
 */
const KEEP = {
  name: 'keep-clocks',
  text: `WITH change AS MATERIALIZED (
    SELECT * FROM unnest(${parameters(1, 'uuid uuid uuid text text text text boolean'.split(' '))})
      AS c(tenant_id, id, job_id, workflow, step, stage, phase, begins)
  ), began AS (
    INSERT INTO job_sla_records (tenant_id, id, job_id, step, subject, stage, workflow, config_id, limit_ms,
      pauses_while_waiting, pauses_while_suspended, state, started_at, at_risk_at, deadline, paused_at, stopped_at)
    SELECT c.tenant_id, c.id, c.job_id, c.step, p.subject, c.stage, c.workflow, p.id, p.limit_ms,
      p.pauses_while_waiting, p.pauses_while_suspended,
      CASE WHEN c.phase = 'completed' THEN 'met' WHEN ${pauses('p')} THEN 'paused' ELSE 'running' END,
      ${NOW}, ${NOW} + p.limit_ms * p.at_risk_share * interval '1 ms', ${NOW} + p.limit_ms * interval '1 ms',
      CASE WHEN ${pauses('p')} THEN ${NOW} END, CASE WHEN c.phase = 'completed' THEN ${NOW} END
    FROM change c CROSS JOIN LATERAL (SELECT * FROM sla_configs s
      WHERE s.tenant_id = c.tenant_id AND s.active AND s.subject = CASE c.step WHEN '' THEN 'job' ELSE 'stage' END
        AND s.created_at <= ${NOW} - ${PROMISES_COUNT_AFTER_MS} * interval '1 ms'
        AND (s.stage IS NULL OR s.stage = c.stage) AND (s.workflow IS NULL OR s.workflow = c.workflow)
      ORDER BY num_nonnulls(s.stage, s.workflow) DESC, s.stage IS NULL, s.limit_ms LIMIT 1) p
    WHERE c.begins ON CONFLICT (tenant_id, job_id, step) DO NOTHING
    RETURNING tenant_id, workflow, stage, state
  ), held AS (
    SELECT r.tenant_id, r.id, r.state AS was, ${NOW} - r.paused_at AS stood, c.phase IN ('completed', 'cancelled') AS ends, CASE
        WHEN r.state = 'breached' OR (r.state = 'running' AND r.deadline <= ${NOW}) THEN r.state
        WHEN c.phase = 'completed' THEN 'met'
        WHEN c.phase = 'cancelled' THEN 'cancelled'
        WHEN ${pauses('r')} THEN 'paused'
        ELSE 'running' END AS state
    FROM change c JOIN job_sla_records r ON r.tenant_id = c.tenant_id AND r.job_id = c.job_id AND r.step = c.step
    WHERE NOT c.begins AND r.stopped_at IS NULL ORDER BY r.tenant_id, r.id FOR UPDATE OF r
  ), ended AS (
    SELECT *, CASE WHEN state = 'paused' OR stood IS NULL THEN interval '0' ELSE stood END AS longer FROM held
  ), moved AS (
    UPDATE job_sla_records r SET state = e.state,
      stopped_at = CASE WHEN e.ends THEN ${NOW} END,
      paused_at = CASE WHEN e.state = 'paused' THEN coalesce(r.paused_at, ${NOW}) END,
      at_risk_at = r.at_risk_at + e.longer, deadline = r.deadline + e.longer,
      paused_ms = r.paused_ms + extract(epoch FROM e.longer) * 1000
    FROM ended e WHERE r.tenant_id = e.tenant_id AND r.id = e.id
    RETURNING r.tenant_id, r.workflow, r.stage, e.was, r.state
  ), deltas AS (
    SELECT tenant_id, workflow, stage, state, 1 AS delta FROM began
    UNION ALL SELECT tenant_id, workflow, stage, was, -1 FROM moved WHERE was <> state
    UNION ALL SELECT tenant_id, workflow, stage, state, 1 FROM moved WHERE was <> state
  ) ${clocksCounted('deltas')}`,
}

/** The rows of the jobs are locked by the caller, so nobody else moves their clocks. */
export async function keepClocks(query: Query, clocks: readonly ClockToKeep[]): Promise<void> {
  if (clocks.length === 0) return
  await query(KEEP, [
    clocks.map(({ tenantId }) => tenantId),
    clocks.map(() => newId()),
    clocks.map(({ jobId }) => jobId),
    clocks.map(({ workflow }) => workflow),
    clocks.map(({ step }) => step ?? ''),
    clocks.map(({ stage }) => stage),
    clocks.map(({ phase }) => phase),
    clocks.map(({ begins }) => begins),
  ])
}
