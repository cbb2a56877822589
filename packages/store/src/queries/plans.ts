import { isId, type PlanState } from '@stageline/domain'
import type { NewPlan, Page, PageRequest, PlanFilter, PlanView } from '@stageline/engine/ports'
import type { Database, Query } from '../database.ts'
import { readCursor, toPage } from '../page-cursor.ts'
import { insertEntry } from './desk-entries.ts'

type PlanRow = {
  id: string
  title: string
  description: string | null
  service_area: string | null
  state: PlanState
  seq: number
  created_by: string
  created_at: string
  activated_at: string | null
  archived_at: string | null
  tasks: PlanView['tasks']
}

/** With how many tasks are in each state. */
const PLAN_COLUMNS = `p.id, p.title, p.description, p.service_area, p.state, p.seq, p.created_by, p.created_at, p.activated_at,
  p.archived_at, (SELECT coalesce(jsonb_object_agg(c.state, c.count), '{}') FROM (
    SELECT t.state, count(*) AS count FROM tasks t WHERE t.tenant_id = p.tenant_id AND t.plan_id = p.id GROUP BY 1) c) AS tasks`

const planFrom = (row: PlanRow): PlanView => ({
  id: row.id,
  title: row.title,
  description: row.description,
  serviceArea: row.service_area,
  state: row.state,
  createdBy: row.created_by,
  createdAt: row.created_at,
  activatedAt: row.activated_at,
  archivedAt: row.archived_at,
  tasks: row.tasks,
})

const INSERT = {
  name: 'open-plan',
  text: `INSERT INTO plans (tenant_id, id, title, description, service_area, created_by) VALUES ($1, $2, $3, $4, $5, $6)`,
}

export async function openPlan(db: Database, tenantId: string, plan: NewPlan): Promise<void> {
  const { id, title, description, serviceArea, createdBy, belongsTo } = plan
  await db.transaction(tenantId, async (query) => {
    await query(INSERT, [tenantId, id, title, description, serviceArea, createdBy])
    const opened = { event: 'opened', actor: createdBy, reason: null, data: belongsTo } as const
    await insertEntry(query, { tenantId, subject: 'plan', subjectId: id, seq: 1, from: null, to: 'draft', ...opened })
  })
}

const ONE = { name: 'select-plan', text: `SELECT ${PLAN_COLUMNS} FROM plans p WHERE p.tenant_id = $1 AND p.id = $2` }

export async function selectPlan(query: Query, tenantId: string, planId: string): Promise<PlanView | undefined> {
  if (!isId(planId)) return undefined
  const [row] = await query<PlanRow>(ONE, [tenantId, planId])
  return row && planFrom(row)
}

const MANY = {
  name: 'list-plans',
  text: `SELECT ${PLAN_COLUMNS} FROM plans p WHERE p.tenant_id = $1 AND ($2::uuid IS NULL OR p.id < $2)
      AND ($3::text[] IS NULL OR p.state = ANY ($3)) AND ($4::text IS NULL OR p.service_area = $4)
    ORDER BY p.id DESC LIMIT $5`,
}

export async function listPlans(
  db: Database,
  tenantId: string,
  filter: PlanFilter,
  page: PageRequest,
): Promise<Page<PlanView>> {
  const after = readCursor(page, filter) ?? null
  const { state = null, serviceArea = null } = filter
  const rows = await db.query<PlanRow>(tenantId, MANY, [tenantId, after, state, serviceArea, page.limit + 1])
  return toPage(rows.map(planFrom), page.limit, filter)
}
