import type { Database } from './database.ts'

/** For what jobs something is promised: whole ones or their stages. Null fits all. */
export type PromisedScope = { subject: 'job' | 'stage'; workflow: string | null; stage: string | null }
export type PromisedScopes = (tenantId: string) => Promise<readonly PromisedScope[]>

/** For so long an answer is used again. Promises count from `PROMISES_COUNT_AFTER_MS` on, when everybody knows of them. */
const KNOWN_FOR_MS = 1_000
export const PROMISES_COUNT_AFTER_MS = 2_000

/** Also those that are out of use: clocks that began by them still have to be stopped. */
const SELECT = (where: string) => ({
  text: `SELECT tenant_id AS "tenantId", subject, workflow, stage FROM sla_configs WHERE subject <> 'task' ${where}`,
})
const OF_ALL = { name: 'promised-scopes', ...SELECT('') }
const OF_TENANT = { name: 'promised-scopes-of-tenant', ...SELECT('AND tenant_id = $1') }

type Row = PromisedScope & { tenantId: string }
type Known = { askedAt: number; byTenant: Promise<Map<string, PromisedScope[]>> }

/** A worker asks for all tenants at once, the gateway for the one that it acts for; each once a second while it records. */
export function createPromisedScopes(db: Database, clock: () => number = () => performance.now()): PromisedScopes {
  const known = new Map<string | null, Known>()
  const ask = async (tenantId: string | null) => {
    const rows =
      tenantId === null ? await db.query<Row>(null, OF_ALL) : await db.query<Row>(tenantId, OF_TENANT, [tenantId])
    return Map.groupBy(rows, (row) => row.tenantId)
  }
  return async (tenantId) => {
    const key = db.role === 'worker' ? null : tenantId
    let latest = known.get(key)
    if (!latest || clock() - latest.askedAt >= KNOWN_FOR_MS) {
      const asked = { askedAt: clock(), byTenant: ask(key) }
      known.set(key, asked)
      // What failed may work the next time.
      asked.byTenant.catch(() => known.get(key) === asked && known.delete(key))
      latest = asked
    }
    return (await latest.byTenant).get(tenantId) ?? []
  }
}
