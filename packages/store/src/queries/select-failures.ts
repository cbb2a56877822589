import type { FailureCount } from '@stageline/engine/ports'
import type { Database } from '../database.ts'
import { firstIdOf } from '../first-id-of.ts'
import { COHORT, ITS_HISTORY } from './cohort.ts'

const MOST_KINDS = 200

const SELECT = {
  name: 'select-failures',
  text: `WITH ${COHORT}
    SELECT h.failure ->> 'kind' AS kind, h.failure ->> 'code' AS code, h.stage, count(*)::int AS failures,
      count(DISTINCT c.id)::int AS jobs, max(h.at) AS "lastAt", (array_agg(c.id ORDER BY h.at DESC))[1] AS "lastJobId"
    FROM ${ITS_HISTORY} WHERE h.failure IS NOT NULL
    GROUP BY 1, 2, 3 ORDER BY failures DESC, kind, code, stage LIMIT ${MOST_KINDS}`,
}

export const selectFailures = (db: Database, tenantId: string, ms: number): Promise<FailureCount[]> =>
  db.query<FailureCount>(tenantId, SELECT, [tenantId, firstIdOf(new Date(db.now().getTime() - ms))])
