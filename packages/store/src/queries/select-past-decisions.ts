import { Decision, isId, type PastDecision } from '@stageline/domain'
import type { DecisionFilter, DecisionPage } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { firstIdOf } from '../first-id-of.ts'

type Row = { job_id: string; id: string; step: string | null; at: string; decision: unknown; was_wrong: boolean | null }

/**
 * Reads so many rows of the primary key, newest job first, whether they fit or not: a page always costs the same. A
 * person's own work on an intake task says nothing of automation and is no error.
 */
const SELECT = {
  name: 'select-past-decisions',
  text: `WITH page AS MATERIALIZED (
    SELECT job_id, id, step, policy, decision, at FROM decisions
    WHERE tenant_id = $1 AND (job_id, id) < ($2::uuid, $3::bigint) AND job_id >= $4::uuid
    ORDER BY job_id DESC, id DESC LIMIT $5
  )
  SELECT d.job_id, d.id::text, d.step, to_char(d.at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at,
    CASE WHEN f.fits THEN d.decision END AS decision,
    CASE WHEN f.fits THEN
      (d.step IS NULL AND EXISTS (SELECT FROM automation_failures a WHERE a.tenant_id = $1 AND a.job_id = d.job_id))
      OR EXISTS (SELECT FROM tasks t WHERE t.tenant_id = $1 AND t.job_id = d.job_id AND t.state = 'completed'
        AND t.cause <> 'intake' AND (d.step IS NULL OR t.step = d.step) AND (t.corrections <> '[]' OR t.verdict = 'discard'))
    END AS was_wrong
  FROM page d CROSS JOIN LATERAL (SELECT ($6::text IS NULL OR d.policy = $6)
    AND ($7::text IS NULL OR EXISTS (SELECT FROM jobs j WHERE j.tenant_id = $1 AND j.id = d.job_id AND j.workflow = $7))
    AS fits) f
  ORDER BY d.job_id DESC, d.id DESC`,
}

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

export async function selectPastDecisions(
  db: Database,
  tenantId: string,
  { policy, workflow, createdAfter, createdBefore }: DecisionFilter,
  { after, scan }: { after: string | null; scan: number },
): Promise<DecisionPage> {
  const [jobId = '', id = ''] = after?.split('/') ?? []
  const place = isId(jobId) ? [jobId, id] : [firstIdOf(createdBefore), '0']
  const since = createdAfter ? firstIdOf(createdAfter) : BEFORE_ALL
  const rows = await db.query<Row>(tenantId, SELECT, [
    tenantId,
    ...place,
    since,
    scan,
    policy ?? null,
    workflow ?? null,
  ])
  const last = rows.at(-1)
  return {
    items: rows.flatMap((row) => (row.decision === null ? [] : [pastFrom(row)])),
    scanned: rows.length,
    next: last && rows.length === scan ? `${last.job_id}/${last.id}` : null,
  }
}

const pastFrom = (row: Row): PastDecision => ({
  jobId: row.job_id,
  step: row.step,
  at: row.at,
  decision: Decision.parse(row.decision),
  wasWrong: row.was_wrong === true,
})
