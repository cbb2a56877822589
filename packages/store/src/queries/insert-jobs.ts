import type { Message, NewJob } from '@stageline/engine/ports'
import { countDeltas, dayDeltas, deltaKey } from '../count-deltas.ts'
import type { Query } from '../database.ts'
import { encodeSteps } from '../steps-codec.ts'
import {
  counted,
  DELTA_PARAMETERS,
  DeltaPatterns,
  historyColumns,
  HISTORY_PARAMETERS,
  json,
  jsonArray,
  messageColumns,
  noted,
  plainArray,
  rowsFrom,
  sought,
  textArray,
} from './write-columns.ts'

const JOB = {
  tenant_id: 'uuid',
  id: 'uuid',
  workflow: 'text',
  version: 'integer',
  state: 'text',
  stage: 'text',
  revision: 'integer',
  seq: 'integer',
  deadline: 'timestamptz',
  due_at: 'timestamptz',
  priority: 'float8',
  business_key: 'text',
  tags: 'text',
  batch_id: 'uuid',
  trace: 'text',
  warnings: 'text',
  result: 'integer',
  origin: 'text',
  actor: 'text',
  replay_of: 'uuid',
  pattern: 'integer',
  steps: 'jsonb',
  values: 'jsonb',
  retry: 'jsonb',
  input: 'jsonb',
}
const JOB_PARAMETERS = Object.keys(JOB).length

/** Row, input, history, counts and messages in one statement. A job that is there already (a repeated commit) is left as it is. */
const INSERT = {
  name: 'insert-jobs',
  text: `WITH t AS MATERIALIZED (
    SELECT * FROM ${rowsFrom(1, 't', JOB)}
  ), won_ids AS (
    INSERT INTO jobs (tenant_id, id, workflow, version, state, stage, revision, seq, steps, "values", deadline, due_at, priority,
      business_key, tags, batch_id, trace, retry, warnings, result, origin, actor, replay_of, created_at, updated_at, finished_at)
    SELECT tenant_id, id, workflow, version, state, stage, revision, seq, steps, "values", deadline, due_at, priority,
      business_key, tags::text[], batch_id, trace, nullif(retry, 'null'), warnings::text[], result, origin, actor, replay_of,
      (SELECT stageline_now()), (SELECT stageline_now()),
      CASE WHEN state IN ('completed', 'cancelled') THEN (SELECT stageline_now()) END
    FROM t ON CONFLICT (tenant_id, id) DO NOTHING
    RETURNING tenant_id, id
  ), won AS (
    SELECT t.tenant_id, t.id, t.input, t.pattern FROM t JOIN won_ids w ON w.tenant_id = t.tenant_id AND w.id = t.id
  ), inputs AS (
    INSERT INTO payloads (tenant_id, job_id, seq, body) SELECT tenant_id, id, 1, input FROM won
  ), noted AS (
    ${noted(JOB_PARAMETERS + 1)}
  ), counts AS (
    ${counted(JOB_PARAMETERS + HISTORY_PARAMETERS + 1)}
  ), sought AS (
    ${sought(JOB_PARAMETERS + HISTORY_PARAMETERS + DELTA_PARAMETERS + 1)}
  ) SELECT string_agg(id::text, ',') AS won FROM won`,
}

/** Ids of the jobs that are new. */
export async function insertJobs(
  query: Query,
  { jobs, messages }: { jobs: readonly NewJob[]; messages: readonly Message[] },
  stagesOf: (job: NewJob) => ReadonlyMap<string, string>,
): Promise<Set<string>> {
  const patterns = new DeltaPatterns()
  const patternOf = (one: NewJob) =>
    patterns.numberOf(`${deltaKey(null, one.job)}/${one.countedOn}`, () => [
      ...countDeltas(null, one.job, stagesOf(one)),
      ...dayDeltas(one.job.workflow, one.countedOn),
    ])
  const priorities = new Map(jobs.map(({ job }) => [job.id, job.priority]))
  const values = [
    ...jobColumns(jobs, patternOf),
    ...historyColumns(jobs.flatMap(({ job, history }) => history.map((entry) => ({ jobId: job.id, entry })))),
    ...patterns.columns(),
    ...messageColumns(messages, (jobId) => priorities.get(jobId) ?? 0),
  ]
  const [row] = await query<{ won: string | null }>(INSERT, values)
  return new Set(row?.won?.split(','))
}

function jobColumns(jobs: readonly NewJob[], patternOf: (job: NewJob) => number): unknown[] {
  const of = <T>(pick: (job: NewJob['job']) => T): T[] => jobs.map(({ job }) => pick(job))
  return [
    plainArray(of(({ tenantId }) => tenantId)),
    plainArray(of(({ id }) => id)),
    textArray(of(({ workflow }) => workflow)),
    plainArray(of(({ version }) => version)),
    textArray(of(({ state }) => state)),
    textArray(of(({ stage }) => stage)),
    plainArray(of(({ revision }) => revision)),
    plainArray(of(({ seq }) => seq)),
    plainArray(of(({ deadline }) => deadline)),
    plainArray(of(({ dueAt }) => dueAt)),
    plainArray(of(({ priority }) => priority)),
    textArray(jobs.map(({ businessKey }) => businessKey)),
    textArray(jobs.map(({ tags }) => textArray(tags))),
    plainArray(of(({ batchId }) => batchId)),
    textArray(of(({ trace }) => trace)),
    textArray(of(({ warnings }) => textArray(warnings))),
    plainArray(of(({ result }) => result)),
    textArray(jobs.map(({ origin }) => origin)),
    textArray(jobs.map(({ actor }) => actor)),
    plainArray(jobs.map(({ replayOf }) => replayOf)),
    plainArray(jobs.map(patternOf)),
    jsonArray(of(({ steps }) => encodeSteps(steps))),
    jsonArray(of(({ values }) => json(values))),
    jsonArray(of(({ retry }) => retry && json(retry))),
    jsonArray(jobs.map(({ input }) => JSON.stringify(input ?? null))),
  ]
}
