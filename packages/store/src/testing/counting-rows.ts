import type { Database } from '../database.ts'

const LOOKED_AT = {
  text: `SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::int AS rows FROM pg_stat_xact_user_tables
    WHERE relname LIKE $1`,
}

/** Counts the rows of a table, or of its partitions, that each transaction looks at. */
export function countingRows(db: Database, table: 'history' | 'jobs'): { db: Database; looked: number[] } {
  const looked: number[] = []
  const transaction: Database['transaction'] = (tenantId, work) =>
    db.transaction(tenantId, async (query) => {
      const done = await work(query)
      const [seen] = await query<{ rows: number }>(LOOKED_AT, [`${table}%`])
      looked.push(seen!.rows)
      return done
    })
  return { db: { ...db, transaction }, looked }
}
