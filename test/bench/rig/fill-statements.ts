type Statement = { text: string; values: unknown[] }

const WEEKS = `interval '28 days'`

/** What is copied, and partitions for the months that it is spread over. $1: jobs that are not done. */
export const PREPARE: readonly string[] = [
  `CREATE TEMP TABLE template AS
    SELECT j.*, row_number() OVER (PARTITION BY j.state ORDER BY j.id) - 1 AS n, count(*) OVER (PARTITION BY j.state) AS alike
    FROM (SELECT * FROM jobs WHERE state = 'completed' ORDER BY id DESC LIMIT 100) j`,
  `INSERT INTO template SELECT j.*, 0, 1 FROM jobs j WHERE id = ANY ($1::uuid[])`,
  `CREATE TEMP TABLE template_history AS SELECT h.* FROM history h JOIN template t ON t.tenant_id = h.tenant_id AND t.id = h.job_id`,
  `CREATE TEMP TABLE template_payloads AS SELECT p.* FROM payloads p JOIN template t ON t.tenant_id = p.tenant_id AND t.id = p.job_id`,
  `CREATE TEMP TABLE template_decisions AS SELECT d.* FROM decisions d JOIN template t ON t.tenant_id = d.tenant_id AND t.id = d.job_id`,
  `CREATE INDEX ON template_history (job_id); CREATE INDEX ON template_payloads (job_id)`,
  `ANALYZE template, template_history, template_payloads, template_decisions`,
  `DO $$
  DECLARE
    month timestamp := date_trunc('month', (now() - ${WEEKS}) AT TIME ZONE 'UTC');
  BEGIN
    WHILE month < date_trunc('month', now() AT TIME ZONE 'UTC') LOOP
      IF to_regclass('history_' || to_char(month, 'YYYY_MM')) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF history FOR VALUES FROM (%L) TO (%L)', 'history_' || to_char(month, 'YYYY_MM'),
          first_id_of(month AT TIME ZONE 'UTC'), first_id_of((month + interval '1 month') AT TIME ZONE 'UTC'));
      END IF;
      month := month + interval '1 month';
    END LOOP;
  END $$`,
]

/** UUIDv7 of a moment, and of a number. */
const ID = (at: string, number: string) => `(lpad(to_hex(floor(extract(epoch FROM ${at}) * 1000)::bigint), 12, '0')
  || '7' || substr(md5(${number}::text), 1, 3) || '9' || substr(md5(${number}::text), 4, 15))::uuid`

/** Some jobs each of the states that are rare, mixed among the others. */
const STATE = `CASE WHEN i % 1000 < 8 THEN 'cancelled' WHEN i % 1000 < 14 THEN 'suspended' WHEN i % 1000 < 20 THEN 'queued' ELSE 'completed' END`

const JOB_COLUMNS = `tenant_id, id, workflow, version, state, stage, revision, seq, steps, "values", priority,
  business_key, tags, batch_id, trace, retry, warnings, result, origin, actor, replay_of, created_at, updated_at, finished_at, seal`

/**
 * The jobs of some numbers, `from` to `to` of `jobs`, oldest first as they would have come. Open ones have no timers, so
 * that nobody looks for their messages.
 */
export function COPY({ from, to, jobs, workflows }: Record<'from' | 'to' | 'jobs' | 'workflows', number>): Statement[] {
  return [
    { text: 'DROP TABLE IF EXISTS copied', values: [] },
    {
      text: `CREATE TEMP TABLE copied AS SELECT c.i, t.id AS of, t.tenant_id, ${ID('c.at', 'c.i')} AS id, c.at - t.created_at AS later, t.n,
          ${ID(`now() - ${WEEKS} * (1 - (c.i / 1000)::float8 / ${jobs / 1_000})`, '(c.i / 1000)')} AS batch,
          CASE WHEN t.state <> 'completed' THEN t.workflow WHEN c.i % 10000 = 77 THEN t.workflow || '-rare'
            WHEN c.i % 3 = 0 THEN t.workflow ELSE t.workflow || '-' || c.i % ${workflows} END AS workflow
        FROM (SELECT i, now() - ${WEEKS} * (1 - i::float8 / ${jobs}) - interval '1 minute' AS at, ${STATE} AS state
          FROM generate_series(${from}, ${to}) AS i) c
        JOIN template t ON t.state = c.state AND t.n = c.i % t.alike ORDER BY c.i`,
      values: [],
    },
    { text: 'ANALYZE copied', values: [] },
    {
      text: `INSERT INTO jobs (${JOB_COLUMNS})
        SELECT c.tenant_id, c.id, c.workflow, t.version, t.state, t.stage, t.revision, t.seq, t.steps, t."values",
          CASE WHEN c.i % 10 < 2 THEN 0.9 WHEN c.i % 10 < 4 THEN 0.1 ELSE t.priority END,
          CASE WHEN c.i % 5 > 0 THEN 'order-' || c.i / 3 END,
          CASE WHEN c.i % 5000 = 3 THEN ARRAY['urgent', 'rare'] WHEN c.i % 10 < 3 THEN ARRAY['source:mail', 'tag-' || c.i % 50] ELSE t.tags END,
          CASE WHEN c.i / 1000 % 10 = 0 THEN c.batch END, t.trace, t.retry, t.warnings, t.result, t.origin, t.actor, t.replay_of,
          t.created_at + c.later, t.updated_at + c.later, t.finished_at + c.later, CASE WHEN t.finished_at IS NOT NULL THEN md5(c.i::text) END
        FROM copied c JOIN template t ON t.id = c.of ORDER BY c.i`,
      values: [],
    },
    {
      text: `INSERT INTO payloads SELECT c.tenant_id, c.id, p.seq, p.body || jsonb_build_object('id', c.i)
        FROM copied c JOIN template_payloads p ON p.job_id = c.of ORDER BY c.i`,
      values: [],
    },
    {
      text: `INSERT INTO history (tenant_id, job_id, seq, at, event, step, stage, attempt, path, times, job_from, job_to, actor, reason, failure, data)
        SELECT c.tenant_id, c.id, h.seq, h.at + c.later, h.event, h.step, h.stage, h.attempt, h.path,
          ARRAY(SELECT moment + c.later FROM unnest(h.times) AS moment), h.job_from, h.job_to, h.actor, h.reason,
          CASE WHEN h.job_to = 'suspended' THEN '{"kind": "data", "code": "bench.unreadable", "message": "Not to be read"}' ELSE h.failure END, h.data
        FROM copied c JOIN template_history h ON h.job_id = c.of ORDER BY c.i, h.seq`,
      values: [],
    },
    {
      text: `INSERT INTO decisions (tenant_id, job_id, step, policy, version, route, rule, decision, at)
        SELECT c.tenant_id, c.id, d.step, d.policy, d.version, d.route, d.rule, d.decision, d.at + c.later
        FROM copied c JOIN template_decisions d ON d.job_id = c.of`,
      values: [],
    },
  ]
}

/** What upkeep would have made of them by now. */
export const DERIVED = (stages: readonly string[], parked: string): string[] => [
  `INSERT INTO workflows (tenant_id, key) SELECT DISTINCT tenant_id, workflow FROM jobs ON CONFLICT DO NOTHING`,
  `INSERT INTO workflow_versions (tenant_id, key, version, definition, created_by)
    SELECT w.tenant_id, w.key, v.version, v.definition || jsonb_build_object('key', w.key), v.created_by
    FROM workflows w JOIN workflow_versions v ON v.tenant_id = w.tenant_id AND v.key = 'bench' WHERE w.key LIKE 'bench-%'
    ON CONFLICT DO NOTHING`,
  `INSERT INTO batches (tenant_id, id, name, actor, created_at)
    SELECT tenant_id, batch_id, 'bench', min(actor), min(created_at) FROM jobs WHERE batch_id IS NOT NULL GROUP BY 1, 2
    ON CONFLICT DO NOTHING`,
  `DELETE FROM counters`,
  `INSERT INTO counters (tenant_id, kind, workflow, subject, state, delta)
    SELECT tenant_id, 'job', workflow, '', state, count(*) FROM jobs GROUP BY tenant_id, workflow, state`,
  `INSERT INTO counters (tenant_id, kind, workflow, subject, state, delta)
    SELECT tenant_id, 'batch', workflow, batch_id::text, state, count(*) FROM jobs WHERE batch_id IS NOT NULL
    GROUP BY tenant_id, workflow, batch_id, state`,
  `INSERT INTO counters (tenant_id, kind, workflow, subject, state, delta)
    SELECT j.tenant_id, 'step', j.workflow, s.stage, j.state, j.delta FROM counters j
    CROSS JOIN LATERAL unnest(CASE WHEN j.workflow = '${parked}' THEN ARRAY['${parked}'] ELSE ARRAY['${stages.join("','")}'] END) AS s(stage)
    WHERE j.kind = 'job'`,
  `INSERT INTO counters (tenant_id, kind, workflow, subject, state, delta)
    SELECT tenant_id, 'day', workflow, (created_at AT TIME ZONE 'UTC')::date::text, 'accepted', count(*) FROM jobs
    GROUP BY tenant_id, workflow, (created_at AT TIME ZONE 'UTC')::date`,
  `INSERT INTO hourly_outcomes AS o (tenant_id, hour, workflow, state, class, jobs, total_ms)
    SELECT tenant_id, date_trunc('hour', finished_at, 'UTC'), workflow, state, floor(8 * ln(took) / ln(2.0::float8))::smallint,
      count(*), sum(took)::bigint
    FROM (SELECT *, greatest(extract(epoch FROM finished_at - created_at) * 1000, 1)::float8 AS took FROM jobs WHERE seal IS NOT NULL) j
    GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (tenant_id, hour, workflow, state, class) DO UPDATE SET jobs = excluded.jobs, total_ms = excluded.total_ms`,
  // A task each for what is suspended, and as many that are done.
  `INSERT INTO tasks (tenant_id, id, job_id, workflow, step, type, cause, title, state, priority, evidence, assignee, created_at, completed_at, verdict, verdict_by)
    SELECT tenant_id, id, id, workflow, 'parked', CASE WHEN n % 2 = 0 THEN 'review' ELSE 'exception' END, 'step_failed', 'For the bench',
      CASE WHEN n % 3 = 0 THEN 'new' WHEN n % 3 = 1 THEN 'in_progress' ELSE 'completed' END, priority, '{}',
      CASE WHEN n % 3 > 0 THEN 'person-' || n % 20 END, created_at, CASE WHEN n % 3 = 2 THEN updated_at END,
      CASE WHEN n % 3 = 2 THEN 'approved' END, CASE WHEN n % 3 = 2 THEN 'person-' || n % 20 END
    FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM jobs WHERE state IN ('suspended', 'cancelled') AND workflow = '${parked}') j
    ON CONFLICT DO NOTHING`,
]
