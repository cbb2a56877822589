import { waitFor } from '@stageline/testkit'
import type { Rig } from './start-rig.ts'

/** The jobs that were submitted with these keys, in their order, as soon as all of them are accepted. */
export async function jobsOfKeys(rig: Rig, keys: readonly string[], withinMs = 30_000): Promise<string[]> {
  let ids = new Map<string, string>()
  const known = async () => {
    const sql = 'SELECT key, job_id AS id FROM idempotency_keys WHERE key = ANY ($1)'
    const rows = await rig.admin.query<{ key: string; id: string }>(sql, [keys])
    ids = new Map(rows.map(({ key, id }) => [key, id]))
    return ids.size === keys.length
  }
  await waitFor(known, { timeoutMs: withinMs, message: `${keys.length} jobs to be accepted` })
  return keys.map((key) => ids.get(key)!)
}
