import type { JobWrite } from '@stageline/engine/ports'
import { countDeltas } from '../count-deltas.ts'
import type { Query } from '../database.ts'
import { encodeSteps } from '../steps-codec.ts'
import { counted, DeltaPatterns, historyColumns, json, noted, parameters } from './write-columns.ts'

const CHANGE_TYPES =
  'uuid uuid integer text text integer jsonb jsonb timestamptz timestamptz timestamptz boolean text integer integer'.split(
    ' ',
  )

/**
 * The hot statement: locks the rows in the order of their keys (shuffled batches would deadlock), keeps those that are at
 * the revision that was read, and writes row, history and counts of the ones that won. `check_at` stays as it is unless
 * the write sent something: repair may have moved it on meanwhile without a new revision.
 */
const RECORD = {
  name: 'record-writes',
  text: `WITH change AS (
    SELECT * FROM unnest(${parameters(1, CHANGE_TYPES)})
      AS c(tenant_id, id, revision, state, stage, seq, steps, "values", deadline, due_at, check_at, looked_for, warnings, result, pattern)
  ), held AS (
    SELECT j.tenant_id, j.id FROM jobs j JOIN change c ON c.tenant_id = j.tenant_id AND c.id = j.id AND c.revision = j.revision
    ORDER BY j.tenant_id, j.id FOR UPDATE OF j
  ), won AS (
    UPDATE jobs j SET revision = j.revision + 1, state = c.state, stage = c.stage, seq = c.seq, steps = c.steps, "values" = c."values",
      deadline = c.deadline, due_at = c.due_at, check_at = CASE WHEN c.looked_for THEN j.check_at ELSE c.check_at END,
      looks = CASE WHEN c.looked_for THEN j.looks ELSE 0 END,
      warnings = c.warnings::text[], result = c.result, updated_at = (SELECT stageline_now()),
      finished_at = CASE WHEN c.state IN ('completed', 'cancelled') THEN coalesce(j.finished_at, (SELECT stageline_now())) END
    FROM change c JOIN held ON held.tenant_id = c.tenant_id AND held.id = c.id
    WHERE j.tenant_id = c.tenant_id AND j.id = c.id AND j.revision = c.revision
    RETURNING j.tenant_id, j.id, c.pattern
  ), noted AS (
    ${noted(16)}
  ), counts AS (
    ${counted(31)}
  ) SELECT id, (SELECT stageline_clock()) AS clock FROM won`,
}

/** Ids of the jobs whose write won, and the time of the database. */
export async function recordWrites(
  query: Query,
  writes: readonly JobWrite[],
  stagesOf: (write: JobWrite) => ReadonlyMap<string, string>,
): Promise<{ won: Set<string>; clock: string | undefined }> {
  const patterns = new DeltaPatterns()
  const values = [
    ...changeColumns(writes, (write) => patterns.numberOf(countDeltas(write.before, write.after, stagesOf(write)))),
    ...historyColumns(writes.flatMap(({ after, history }) => history.map((entry) => ({ jobId: after.id, entry })))),
    ...patterns.columns(),
  ]
  const rows = await query<{ id: string; clock: string }>(RECORD, values)
  return { won: new Set(rows.map(({ id }) => id)), clock: rows[0]?.clock }
}

function changeColumns(writes: readonly JobWrite[], patternOf: (write: JobWrite) => number): unknown[] {
  const after = <T>(pick: (job: JobWrite['after']) => T): T[] => writes.map((write) => pick(write.after))
  return [
    after(({ tenantId }) => tenantId),
    after(({ id }) => id),
    writes.map(({ before }) => before.revision),
    after(({ state }) => state),
    after(({ stage }) => stage),
    after(({ seq }) => seq),
    after(({ steps }) => encodeSteps(steps)),
    after(({ values }) => json(values)),
    after(({ deadline }) => deadline),
    after(({ dueAt }) => dueAt),
    after(({ checkAt }) => checkAt),
    writes.map((write) => write.after.checkAt !== null && write.after.checkAt === write.before.checkAt),
    after(({ warnings }) => textArray(warnings)),
    after(({ result }) => result),
    writes.map(patternOf),
  ]
}

/** An array within an array: `unnest` would take both apart, so the inner one travels as text. */
export const textArray = (texts: readonly string[]): string =>
  `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
