import type { AlertLimits, AlertRules, FoundByRules } from '@stageline/engine/ports'
import type { Database, Query } from './database.ts'
import { BY_INDEX } from './queries/by-index.ts'
import { findFailing } from './queries/find-failing.ts'
import { findFillingDays } from './queries/find-filling-days.ts'
import { findStuck } from './queries/find-stuck.ts'
import { raiseByRule } from './queries/raise-by-rule.ts'

const TURN = { text: `SELECT pg_try_advisory_xact_lock(7220434) AS ours, ${BY_INDEX}` }

/** What the installation watches of itself, by a worker. */
export const createAlertRules = (db: Database): AlertRules => ({
  watch: (limits, judge) =>
    db.transaction(null, async (query) => {
      const [turn] = await query<{ ours: boolean }>(TURN)
      if (!turn?.ours) return 0
      let raised = 0
      for (const alert of judge(await find(query, limits))) raised += await raiseByRule(query, alert)
      return raised
    }),
})

const find = async (query: Query, { failing, stuckMs, dayShare }: AlertLimits): Promise<FoundByRules> => ({
  failing: failing === null ? [] : await findFailing(query, failing),
  stuck: stuckMs === null ? [] : await findStuck(query, stuckMs),
  filling: dayShare === null ? [] : await findFillingDays(query, dayShare),
})
