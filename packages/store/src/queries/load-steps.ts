import type { LoadedJob, StepRef } from '@stageline/engine/ports'
import type { Query } from '../database.ts'
import { JOB_COLUMNS, jobFrom, type JobColumns } from '../job-row.ts'
import { overLine } from './archived-rows.ts'

type Row = JobColumns & {
  n: number
  input: Record<string, unknown>
  /** By the `seq` of their entries. */
  outputs: Record<number, unknown> | null
  edited: Record<string, unknown> | null
  clock: string
}

/** Outputs lie in the history entries that recorded them; the row points there by `seq`. */
const LOAD = {
  name: 'load-steps',
  steady: true,
  text: `SELECT r.n::integer AS n, ${JOB_COLUMNS}, p.body AS input,
      (SELECT jsonb_object_agg(h.seq, h.data) FROM history h WHERE h.tenant_id = j.tenant_id AND h.job_id = j.id
        AND h.seq = ANY (ARRAY(SELECT (s.value ->> 'o')::integer FROM jsonb_each(j.steps) AS s))) AS outputs,
      (SELECT e.body FROM payloads e WHERE e.tenant_id = j.tenant_id AND e.job_id = j.id
        AND e.seq = (j.steps -> r.step ->> 'i')::integer) AS edited,
      (SELECT stageline_clock()) AS clock
    FROM unnest($1::uuid[], $2::uuid[], $3::text[]) WITH ORDINALITY AS r(tenant_id, id, step, n)
    JOIN jobs j ON j.tenant_id = r.tenant_id AND j.id = r.id
    JOIN payloads p ON p.tenant_id = j.tenant_id AND p.job_id = j.id AND p.seq = 1`,
}

/** In the order of the references. */
export async function loadSteps(
  query: Query,
  refs: readonly StepRef[],
): Promise<{ loaded: (LoadedJob | undefined)[]; clock: string | undefined }> {
  const rows = await query<Row>(LOAD, columnsOf(refs))
  const loaded: (LoadedJob | undefined)[] = refs.map(() => undefined)
  for (const row of rows) loaded[row.n - 1] = loadedFrom(row)
  return { loaded, clock: rows[0]?.clock }
}

function loadedFrom(row: Row): LoadedJob {
  const job = jobFrom(row)
  const recorded = row.outputs ?? {}
  const outputs = Object.entries(job.steps).flatMap(([key, { output }]) =>
    output === undefined || !(output in recorded) ? [] : [[key, recorded[output]]],
  )
  const edited = row.edited ? { editedInput: row.edited } : {}
  return { job, input: row.input, outputs: Object.fromEntries(outputs), ...edited }
}

const OF_ARCHIVE = overLine(LOAD, 4)

/** The same of a job that has left, from its line. */
export async function loadArchivedStep(query: Query, ref: StepRef, line: string): Promise<LoadedJob | undefined> {
  const [row] = await query<Row>(OF_ARCHIVE, [...columnsOf([ref]), line])
  return row && loadedFrom(row)
}

const columnsOf = (refs: readonly StepRef[]): [string[], string[], string[]] => [
  refs.map(({ tenantId }) => tenantId),
  refs.map(({ jobId }) => jobId),
  refs.map(({ step }) => step),
]
