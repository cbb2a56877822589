import type { JobState, TaskState } from '@stageline/domain'
import type { Maintenance, ReviewNotice } from '@stageline/engine/ports'
import type { Database, Query, Statement } from './database.ts'
import { noteOrchestrator } from './orchestrators.ts'
import { forgetOutcomes } from './queries/forget-outcomes.ts'
import { breachDue } from './queries/breach-due.ts'
import { breachJobs } from './queries/breach-jobs.ts'
import { foldCounters } from './queries/fold-counters.ts'
import { releaseWaiting } from './queries/release-waiting.ts'
import { sealFinished } from './queries/seal-finished.ts'
import { isDue } from './what-is-due.ts'

const MONTHS_AHEAD = 2

const ENSURE_PARTITIONS = { name: 'ensure-partitions', text: 'SELECT ensure_history_partitions($1) AS changed' }

const EXPIRE_KEYS = {
  name: 'expire-keys',
  text: `WITH expired AS MATERIALIZED (
    SELECT tenant_id, operation, key FROM idempotency_keys k WHERE expires_at <= stageline_now()
      AND NOT EXISTS (SELECT FROM batch_runs r
        WHERE r.finished_at IS NULL AND r.tenant_id = k.tenant_id AND k.operation = 'batch:' || r.id::text)
    ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM idempotency_keys k USING expired e
    WHERE k.tenant_id = e.tenant_id AND k.operation = e.operation AND k.key = e.key RETURNING 1
  ) SELECT count(*) AS changed FROM gone`,
}

const EXPIRE_LEASES = {
  name: 'expire-leases',
  text: `WITH lapsed AS (
    SELECT tenant_id, id, assignee AS holder FROM tasks
    WHERE lease_until <= stageline_now() AND state = 'in_progress' ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
  ), freed AS (
    UPDATE tasks t SET state = 'new', assignee = NULL, lease_until = NULL, seq = t.seq + 1 FROM lapsed l
    WHERE t.tenant_id = l.tenant_id AND t.id = l.id RETURNING t.tenant_id, t.id, t.seq, l.holder
  ), told AS (
    INSERT INTO desk_history (tenant_id, subject, subject_id, seq, event, from_state, to_state, actor, data)
    SELECT tenant_id, 'task', id, seq, 'lease_expired', 'in_progress', 'new', 'stageline', jsonb_build_object('from', holder)
    FROM freed RETURNING 1
  ) SELECT count(*) AS changed FROM told`,
}
const LEASES_AT_ONCE = 1_000

const OLDEST_UNSENT = `SELECT greatest(extract(epoch FROM stageline_now() - min(check_at)), 0)::float8 AS late FROM messages`

/** Those that a step waits for. */
const OPEN_TASKS = {
  name: 'open-tasks',
  text: `SELECT id, tenant_id AS "tenantId", job_id AS "jobId", cause FROM tasks
  WHERE state IN ('new', 'in_progress', 'blocked') AND step IS NOT NULL ORDER BY id`,
}

/** By the index of open tasks; a state without any is told, too. */
const COUNT_OPEN_TASKS = `SELECT s.state, count(t.id)::int AS count FROM unnest('{new,in_progress,blocked}'::text[]) AS s(state)
  LEFT JOIN (SELECT id, state FROM tasks WHERE state IN ('new', 'in_progress', 'blocked')) t USING (state) GROUP BY s.state`

const COUNT_JOBS = `SELECT state, sum(delta)::bigint AS count FROM counters WHERE kind = 'job' GROUP BY state`

/**
 * Workers do not wait for this: they go by the time. It clears what the row says; also an end that was left behind by a
 * gateway which knows none, so that it ends no later pause.
 */
const LIFT_PAUSES = {
  name: 'lift-pauses',
  steady: true,
  text: `WITH lifted AS (
    UPDATE stages SET paused = false, paused_by = NULL, pause_reason = NULL, paused_at = NULL, paused_until = NULL
    WHERE paused_until <= stageline_now() OR (paused_until IS NOT NULL AND NOT paused) RETURNING 1
  ) SELECT count(*) AS changed FROM lifted`,
}

/** Upkeep of the whole record, by a worker. Any number of processes may do it at once. */
export function createMaintenance(db: Database): Maintenance {
  const query: Query = (statement, values) => db.query(null, statement, values)
  const changed = async (statement: Statement, values: unknown[] = []): Promise<number> => {
    const [row] = await query<{ changed: number }>(statement, values)
    return row?.changed ?? 0
  }
  return {
    foldCounters: () => foldCounters(query),
    ensurePartitions: () => changed(ENSURE_PARTITIONS, [MONTHS_AHEAD]),
    expireIdempotencyKeys: (limit) => changed(EXPIRE_KEYS, [limit]),
    sealFinished: async (limit) => ((await isDue(db, 'seals')) ? sealFinished(query, limit) : 0),
    forgetOutcomes: () => forgetOutcomes(query),
    openTasks: () => query<ReviewNotice>(OPEN_TASKS),
    countOpenTasks: () => db.query<{ state: TaskState; count: number }>(null, { text: COUNT_OPEN_TASKS }),
    countJobs: () => db.query<{ state: JobState | 'archived'; count: number }>(null, { text: COUNT_JOBS }),
    oldestUnsentS: async () => {
      const [row] = await db.query<{ late: number }>(null, { text: OLDEST_UNSENT })
      return row?.late ?? 0
    },
    noteAlive: (instance) => noteOrchestrator(db, instance),
    expireTaskLeases: () => changed(EXPIRE_LEASES, [LEASES_AT_ONCE]),
    breachDue: async (limit) => {
      if (!(await isDue(db, 'promises'))) return 0
      return (await breachDue(query, limit)) + (await breachJobs(query, limit))
    },
    liftPauses: async () => {
      if (!(await isDue(db, 'pauses'))) return 0
      return changed(LIFT_PAUSES)
    },
    releaseWaiting: async (limit) =>
      (await isDue(db, 'heldSteps')) ? db.transaction(null, (inside) => releaseWaiting(inside, db.now(), limit)) : 0,
  }
}
