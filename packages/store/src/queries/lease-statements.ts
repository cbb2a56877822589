type Table = 'batch_runs' | 'bulk_actions'

/** A row that anybody may take. */
export const IS_FREE = `finished_at IS NULL AND try_at <= (SELECT stageline_now())
        AND (lease_until IS NULL OR lease_until <= (SELECT stageline_now()))`

/**
 * The statements by which long work is taken, kept and let go, alike for every table of it: `owner` has a row until
 * `lease_until`. The first parameters of `keepLease` and `letGo` are tenant, id and owner.
 */
export const takeLease = (
  table: Table,
  { state, also = 'true', first = '' }: { state: string; also?: string; first?: string },
): string =>
  `UPDATE ${table} SET state = '${state}', owner = $1, updated_at = (SELECT stageline_now()),
      lease_until = (SELECT stageline_now()) + $2 * interval '1 ms'
    WHERE (tenant_id, id) = (
      SELECT tenant_id, id FROM ${table}
      WHERE ${IS_FREE} AND (${also})
      ORDER BY ${first} try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)`

/** `$4`: for how long, ms. */
export const keepLease = (table: Table, more = ''): string =>
  `UPDATE ${table} SET lease_until = (SELECT stageline_now()) + $4 * interval '1 ms', updated_at = (SELECT stageline_now())${more}
    WHERE tenant_id = $1 AND id = $2 AND owner = $3 RETURNING id`

/** `$4`: after how long it may be taken again, ms; `$5`: why it was let go, null where nothing failed. */
export const letGo = (table: Table): string =>
  `UPDATE ${table} SET state = 'waiting', owner = NULL, lease_until = NULL, updated_at = (SELECT stageline_now()),
      try_at = (SELECT stageline_now()) + $4 * interval '1 ms',
      error = $5::jsonb, tries = tries + CASE WHEN $5::jsonb IS NULL THEN 0 ELSE 1 END
    WHERE tenant_id = $1 AND id = $2 AND owner = $3 RETURNING id`
