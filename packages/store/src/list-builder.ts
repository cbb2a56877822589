import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type Compilable,
} from 'kysely'
import type { Database } from './database.ts'

/** The columns that lists filter and show. */
export type ListTables = {
  jobs: {
    tenant_id: string
    id: string
    workflow: string
    version: number
    state: string
    stage: string | null
    steps: unknown
    priority: number
    business_key: string | null
    tags: string[]
    batch_id: string | null
    origin: string
    actor: string
    replay_of: string | null
    created_at: string
    updated_at: string
    finished_at: string | null
  }
  tasks: {
    tenant_id: string
    id: string
    job_id: string | null
    workflow: string | null
    step: string | null
    type: string
    cause: string
    title: string
    description: string | null
    service_area: string | null
    state: string
    priority: number
    evidence: unknown
    due_at: string | null
    assigned_group: string | null
    snoozed_until: string | null
    blocked_reason: string | null
    plan_id: string | null
    created_by: string
    seq: number
    assignee: string | null
    lease_until: string | null
    created_at: string
    completed_at: string | null
    verdict: string | null
    verdict_by: string | null
    verdict_reason: string | null
    corrections: unknown
  }
}

/** Builds SQL only; it runs over our own connections, as the tenant. */
export const lists = new Kysely<ListTables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

export async function runList<Row>(db: Database, tenantId: string, list: Compilable<Row>): Promise<Row[]> {
  const { sql, parameters } = list.compile()
  return db.query<Row>(tenantId, { text: sql }, parameters)
}
