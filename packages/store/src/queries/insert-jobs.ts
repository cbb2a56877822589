import type { NewJob } from '@stageline/engine/ports'
import { countDeltas, dayDeltas } from '../count-deltas.ts'
import type { Query } from '../database.ts'
import { encodeSteps } from '../steps-codec.ts'
import { textArray } from './record-writes.ts'
import { counted, DeltaPatterns, historyColumns, json, noted, parameters } from './write-columns.ts'

const JOB_TYPES = (
  'uuid uuid text integer text text integer integer jsonb jsonb timestamptz timestamptz timestamptz float8 text text uuid text jsonb text integer ' +
  'text text uuid jsonb integer'
).split(' ')

/** Row, input, history and counts in one statement. A job that is there already (a repeated commit) is left as it is. */
const INSERT = {
  name: 'insert-jobs',
  text: `WITH t AS (
    SELECT * FROM unnest(${parameters(1, JOB_TYPES)})
      AS t(tenant_id, id, workflow, version, state, stage, revision, seq, steps, "values", deadline, due_at, check_at, priority, business_key,
        tags, batch_id, trace, retry, warnings, result, origin, actor, replay_of, input, pattern)
  ), won_ids AS (
    INSERT INTO jobs (tenant_id, id, workflow, version, state, stage, revision, seq, steps, "values", deadline, due_at, check_at, priority,
      business_key, tags, batch_id, trace, retry, warnings, result, origin, actor, replay_of, created_at, updated_at, finished_at)
    SELECT tenant_id, id, workflow, version, state, stage, revision, seq, steps, "values", deadline, due_at, check_at, priority,
      business_key, tags::text[], batch_id, trace, retry, warnings::text[], result, origin, actor, replay_of,
      (SELECT stageline_now()), (SELECT stageline_now()),
      CASE WHEN state IN ('completed', 'cancelled') THEN (SELECT stageline_now()) END
    FROM t ON CONFLICT (tenant_id, id) DO NOTHING
    RETURNING tenant_id, id
  ), won AS (
    SELECT t.tenant_id, t.id, t.input, t.pattern FROM t JOIN won_ids w ON w.tenant_id = t.tenant_id AND w.id = t.id
  ), inputs AS (
    INSERT INTO payloads (tenant_id, job_id, seq, body) SELECT tenant_id, id, 1, input FROM won
  ), noted AS (
    ${noted(27)}
  ), counts AS (
    ${counted(42)}
  ) SELECT id FROM won`,
}

/** Ids of the jobs that are new. */
export async function insertJobs(
  query: Query,
  jobs: readonly NewJob[],
  stagesOf: (job: NewJob) => ReadonlyMap<string, string>,
): Promise<Set<string>> {
  const patterns = new DeltaPatterns()
  const values = [
    ...jobColumns(jobs),
    jobs.map((one) =>
      patterns.numberOf([...countDeltas(null, one.job, stagesOf(one)), ...dayDeltas(one.job.workflow, one.countedOn)]),
    ),
    ...historyColumns(jobs.flatMap(({ job, history }) => history.map((entry) => ({ jobId: job.id, entry })))),
    ...patterns.columns(),
  ]
  const rows = await query<{ id: string }>(INSERT, values)
  return new Set(rows.map(({ id }) => id))
}

function jobColumns(jobs: readonly NewJob[]): unknown[] {
  const of = <T>(pick: (job: NewJob['job']) => T): T[] => jobs.map(({ job }) => pick(job))
  return [
    of(({ tenantId }) => tenantId),
    of(({ id }) => id),
    of(({ workflow }) => workflow),
    of(({ version }) => version),
    of(({ state }) => state),
    of(({ stage }) => stage),
    of(({ revision }) => revision),
    of(({ seq }) => seq),
    of(({ steps }) => encodeSteps(steps)),
    of(({ values }) => json(values)),
    of(({ deadline }) => deadline),
    of(({ dueAt }) => dueAt),
    of(({ checkAt }) => checkAt),
    of(({ priority }) => priority),
    jobs.map(({ businessKey }) => businessKey),
    jobs.map(({ tags }) => textArray(tags)),
    of(({ batchId }) => batchId),
    of(({ trace }) => trace),
    of(({ retry }) => retry && json(retry)),
    of(({ warnings }) => textArray(warnings)),
    of(({ result }) => result),
    jobs.map(({ origin }) => origin),
    jobs.map(({ actor }) => actor),
    jobs.map(({ replayOf }) => replayOf),
    jobs.map(({ input }) => JSON.stringify(input ?? null)),
  ]
}
