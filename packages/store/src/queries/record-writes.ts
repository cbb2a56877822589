import type { JobWrite, Message } from '@stageline/engine/ports'
import { countDeltas, deltaKey } from '../count-deltas.ts'
import type { Query } from '../database.ts'
import { encodeSteps } from '../steps-codec.ts'
import { forgotten } from './take-unchecked.ts'
import {
  counted,
  DELTA_PARAMETERS,
  DeltaPatterns,
  historyColumns,
  HISTORY_PARAMETERS,
  json,
  jsonArray,
  MESSAGE_PARAMETERS,
  messageColumns,
  noted,
  plainArray,
  rowsFrom,
  sought,
  textArray,
} from './write-columns.ts'

const CHANGE = {
  tenant_id: 'uuid',
  id: 'uuid',
  revision: 'integer',
  state: 'text',
  stage: 'text',
  seq: 'integer',
  deadline: 'timestamptz',
  due_at: 'timestamptz',
  warnings: 'text',
  result: 'integer',
  pattern: 'integer',
  steps: 'jsonb',
  values: 'jsonb',
}
const CHANGE_PARAMETERS = Object.keys(CHANGE).length

/**
 * The hot statement: finds the rows one after the other in the order of the writes, which is that of their keys (shuffled
 * batches would deadlock), updates those that are at the revision that was read, and writes history and counts of the ones
 * that won. Each row is found by its key and changed where it was found, whatever the planner thinks of the table. What
 * somebody else changes in between is at another place then, and loses. Messages are noted whoever wins: of those that
 * are not sent, the first look finds that nobody waits for them.
 */
const RECORD = {
  name: 'record-writes',
  steady: true,
  text: `WITH held AS (
    SELECT c.*, l.at FROM ${rowsFrom(1, 'c', CHANGE)}
    CROSS JOIN LATERAL (SELECT j.ctid AS at FROM jobs j
      WHERE j.tenant_id = c.tenant_id AND j.id = c.id AND j.revision = c.revision OFFSET 0) AS l
  ), won AS (
    UPDATE jobs j SET revision = j.revision + 1, state = c.state, stage = c.stage, seq = c.seq, steps = c.steps, "values" = c."values",
      deadline = c.deadline, due_at = c.due_at,
      warnings = c.warnings::text[], result = c.result, updated_at = (SELECT stageline_now()),
      finished_at = CASE WHEN c.state IN ('completed', 'cancelled') THEN coalesce(j.finished_at, (SELECT stageline_now())) END
    FROM held c WHERE j.ctid = c.at AND j.revision = c.revision
    RETURNING j.tenant_id, j.id, c.pattern
  ), noted AS (
    ${noted(CHANGE_PARAMETERS + 1)}
  ), counts AS (
    ${counted(CHANGE_PARAMETERS + HISTORY_PARAMETERS + 1)}
  ), sought AS (
    ${sought(CHANGE_PARAMETERS + HISTORY_PARAMETERS + DELTA_PARAMETERS + 1)}
  ), forgotten AS (
    ${forgotten(`$${CHANGE_PARAMETERS + HISTORY_PARAMETERS + DELTA_PARAMETERS + MESSAGE_PARAMETERS + 1}`)}
  ) SELECT string_agg(id::text, ',') AS won, (SELECT stageline_clock()) AS clock FROM won`,
}

export type Recording = {
  writes: readonly JobWrite[]
  /** What is sent if it is recorded. */
  messages: readonly Message[]
  /** Messages that nobody waits for any more. */
  forgotten: readonly string[]
}

/** Ids of the jobs whose write won, and the time of the database. */
export async function recordWrites(
  query: Query,
  { writes, messages, forgotten: done }: Recording,
  stagesOf: (write: JobWrite) => ReadonlyMap<string, string>,
): Promise<{ won: Set<string>; clock: string | undefined }> {
  const patterns = new DeltaPatterns()
  const ordered = writes.toSorted((a, b) => byKey(a.after, b.after))
  const patternOf = (write: JobWrite) =>
    patterns.numberOf(deltaKey(write.before, write.after), () =>
      countDeltas(write.before, write.after, stagesOf(write)),
    )
  const priorities = new Map(messages.length > 0 ? writes.map(({ after }) => [after.id, after.priority]) : [])
  const values = [
    ...changeColumns(ordered, patternOf),
    ...historyColumns(ordered.flatMap(({ after, history }) => history.map((entry) => ({ jobId: after.id, entry })))),
    ...patterns.columns(),
    ...messageColumns(messages, (jobId) => priorities.get(jobId) ?? 0),
    plainArray(done),
  ]
  const [row] = await query<{ won: string | null; clock: string }>(RECORD, values)
  return { won: new Set(row?.won?.split(',')), clock: row?.clock }
}

type Key = Pick<JobWrite['after'], 'tenantId' | 'id'>

const byKey = (a: Key, b: Key): number =>
  a.tenantId === b.tenantId ? (a.id < b.id ? -1 : 1) : a.tenantId < b.tenantId ? -1 : 1

function changeColumns(writes: readonly JobWrite[], patternOf: (write: JobWrite) => number): unknown[] {
  const after = <T>(pick: (job: JobWrite['after']) => T): T[] => writes.map((write) => pick(write.after))
  return [
    plainArray(after(({ tenantId }) => tenantId)),
    plainArray(after(({ id }) => id)),
    plainArray(writes.map(({ before }) => before.revision)),
    textArray(after(({ state }) => state)),
    textArray(after(({ stage }) => stage)),
    plainArray(after(({ seq }) => seq)),
    plainArray(after(({ deadline }) => deadline)),
    plainArray(after(({ dueAt }) => dueAt)),
    textArray(after(({ warnings }) => textArray(warnings))),
    plainArray(after(({ result }) => result)),
    plainArray(writes.map(patternOf)),
    jsonArray(after(({ steps }) => encodeSteps(steps))),
    jsonArray(after(({ values }) => json(values))),
  ]
}
