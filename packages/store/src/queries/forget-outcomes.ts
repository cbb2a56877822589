import { FAILURE_DAYS, OUTCOME_WEEKS } from '@stageline/domain'
import type { Query } from '../database.ts'

/** So long it can be told what ended in an hour. */
const HOURS_KEPT_DAYS = 400
/** So many weeks can be asked for, and one that has begun. */
const SLA_WEEKS_KEPT = 106

/** Of failures and outcomes a while longer than they count; of days the last ones. */
const FORGET = {
  name: 'forget-outcomes',
  text: `WITH failures AS (
    DELETE FROM automation_failures WHERE at < stageline_now() - ${3 * FAILURE_DAYS} * interval '1 day' RETURNING 1
  ), outcomes AS (
    DELETE FROM source_outcomes WHERE week < (stageline_now() - ${OUTCOME_WEEKS + 2} * interval '1 week')::date RETURNING 1
  ), days AS (
    DELETE FROM counters WHERE kind = 'day' AND subject < to_char(stageline_now() - interval '7 days', 'YYYY-MM-DD') RETURNING 1
  ), weeks AS (
    DELETE FROM counters WHERE kind = 'sla_week' AND subject < to_char(stageline_now() - interval '${SLA_WEEKS_KEPT} weeks', 'YYYY-MM-DD') RETURNING 1
  ), hours AS (
    DELETE FROM hourly_outcomes WHERE hour < stageline_now() - ${HOURS_KEPT_DAYS} * interval '1 day' RETURNING 1
  ) SELECT (SELECT count(*) FROM hours) + (SELECT count(*) FROM weeks) + (SELECT count(*) FROM failures) + (SELECT count(*) FROM outcomes) + (SELECT count(*) FROM days) AS gone`,
}

export async function forgetOutcomes(query: Query): Promise<number> {
  const [row] = await query<{ gone: number }>(FORGET)
  return row?.gone ?? 0
}
