import type { LoadedJob, StepRef } from '@stageline/engine/ports'
import type { Query } from '../database.ts'
import { JOB_COLUMNS, jobFrom, type JobColumns } from '../job-row.ts'

type Row = JobColumns & {
  n: number
  input: Record<string, unknown>
  outputs: Record<string, unknown> | null
  edited: Record<string, unknown> | null
  clock: string
}

/** Outputs lie in the history entries that recorded them; the row points there by `seq`. */
const LOAD = {
  name: 'load-steps',
  text: `SELECT r.n::integer AS n, ${JOB_COLUMNS}, p.body AS input, o.outputs, e.body AS edited, (SELECT stageline_clock()) AS clock
    FROM unnest($1::uuid[], $2::uuid[], $3::text[]) WITH ORDINALITY AS r(tenant_id, id, step, n)
    JOIN jobs j ON j.tenant_id = r.tenant_id AND j.id = r.id
    JOIN payloads p ON p.tenant_id = j.tenant_id AND p.job_id = j.id AND p.seq = 1
    LEFT JOIN payloads e ON e.tenant_id = j.tenant_id AND e.job_id = j.id AND e.seq = (j.steps -> r.step ->> 'i')::integer
    LEFT JOIN LATERAL (
      SELECT jsonb_object_agg(s.key, h.data) AS outputs FROM jsonb_each(j.steps) AS s
      JOIN history h ON h.tenant_id = j.tenant_id AND h.job_id = j.id AND h.seq = (s.value ->> 'o')::integer
    ) AS o ON true`,
}

/** In the order of the references. */
export async function loadSteps(
  query: Query,
  refs: readonly StepRef[],
): Promise<{ loaded: (LoadedJob | undefined)[]; clock: string | undefined }> {
  const rows = await query<Row>(LOAD, [
    refs.map(({ tenantId }) => tenantId),
    refs.map(({ jobId }) => jobId),
    refs.map(({ step }) => step),
  ])
  const loaded: (LoadedJob | undefined)[] = refs.map(() => undefined)
  for (const row of rows) loaded[row.n - 1] = loadedFrom(row)
  return { loaded, clock: rows[0]?.clock }
}

const loadedFrom = (row: Row): LoadedJob => ({
  job: jobFrom(row),
  input: row.input,
  outputs: row.outputs ?? {},
  ...(row.edited ? { editedInput: row.edited } : {}),
})
