import type { Database } from '../database.ts'

const CLAIM = {
  name: 'claim-first-seen',
  text: `INSERT INTO first_seen (tenant_id, scope, key, job_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
}
const READ = {
  name: 'read-first-seen',
  text: 'SELECT job_id, at FROM first_seen WHERE tenant_id = $1 AND scope = $2 AND key = $3',
}

/** Two statements: one would not see the row of another job that was committed while it waited. */
export async function claimFirstSeen(
  db: Database,
  tenantId: string,
  { scope, key, jobId }: { scope: string; key: string; jobId: string },
): Promise<{ job_id: string; at: string }> {
  await db.query(tenantId, CLAIM, [tenantId, scope, key, jobId])
  const [first] = await db.query<{ job_id: string; at: string }>(tenantId, READ, [tenantId, scope, key])
  return first!
}
