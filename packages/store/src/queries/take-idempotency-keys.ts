import type { Query } from '../database.ts'
import { parameters } from './write-columns.ts'

export type KeyWanted = { operation: string; key: string; fingerprint: string; jobId: string }
export type KeyTaken = { operation: string; key: string; fingerprint: string; job_id: string }

const KEY_LIFE = '24 hours'

/** In the order of the keys, so that two requests with many keys in common wait for each other and do not deadlock. */
const TAKE = {
  name: 'take-idempotency-keys',
  text: `INSERT INTO idempotency_keys AS k (tenant_id, operation, key, fingerprint, job_id, expires_at)
    SELECT $5::uuid, w.operation, w.key, w.fingerprint, w.job_id, (SELECT stageline_now()) + interval '${KEY_LIFE}'
    FROM unnest(${parameters(1, 'text text text uuid'.split(' '))}) AS w(operation, key, fingerprint, job_id)
    ORDER BY w.operation, w.key
    ON CONFLICT (tenant_id, operation, key) DO UPDATE
      SET fingerprint = excluded.fingerprint, job_id = excluded.job_id, expires_at = excluded.expires_at
      WHERE k.expires_at <= (SELECT stageline_now())`,
}

const READ = {
  name: 'read-idempotency-keys',
  text: `SELECT k.operation, k.key, k.fingerprint, k.job_id FROM idempotency_keys k
    JOIN unnest($1::text[], $2::text[]) AS w(operation, key) ON w.operation = k.operation AND w.key = k.key
    WHERE k.tenant_id = $3 AND k.expires_at > (SELECT stageline_now())`,
}

/** Takes the keys that are free or have expired, and returns for all of them whose they are now. At most one a key. */
export async function takeIdempotencyKeys(
  query: Query,
  tenantId: string,
  wanted: readonly KeyWanted[],
): Promise<KeyTaken[]> {
  const operations = wanted.map(({ operation }) => operation)
  const keys = wanted.map(({ key }) => key)
  const fingerprints = wanted.map(({ fingerprint }) => fingerprint)
  await query(TAKE, [operations, keys, fingerprints, wanted.map(({ jobId }) => jobId), tenantId])
  return findIdempotencyKeys(query, tenantId, wanted)
}

/** Whose they are now; a key that nobody has, or that has expired, is left out. */
export const findIdempotencyKeys = (
  query: Query,
  tenantId: string,
  wanted: readonly { operation: string; key: string }[],
): Promise<KeyTaken[]> =>
  query<KeyTaken>(READ, [wanted.map(({ operation }) => operation), wanted.map(({ key }) => key), tenantId])

const TRY = {
  name: 'try-lock-keys',
  text: `SELECT pg_try_advisory_xact_lock(hashtextextended(w.name, 7220432)) AS free
    FROM unnest($1::text[]) WITH ORDINALITY AS w(name, nr) ORDER BY w.nr`,
}

/** For each key: false while another transaction holds it. Held until the transaction ends; never waits. */
export async function tryLockKeys(
  query: Query,
  tenantId: string,
  keys: readonly { operation: string; key: string }[],
): Promise<boolean[]> {
  const rows = await query<{ free: boolean }>(TRY, [
    keys.map(({ operation, key }) => `${tenantId}/${operation}/${key}`),
  ])
  return rows.map(({ free }) => free)
}
