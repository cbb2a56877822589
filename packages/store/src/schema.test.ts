import {
  canJobGo,
  canPlanGo,
  canStepGo,
  canTaskGo,
  JOB_STATES,
  PLAN_STATES,
  STEP_STATES,
  TASK_STATES,
} from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { migrate } from './migrate.ts'
import { sqlState } from './store-error.ts'
import { acceptJobs, openRecord } from './testing/open-record.ts'

test('every table that has a tenant forces row-level security', async () => {
  await using record = await openRecord()

  const open = await record.sql(`
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`)

  assert.deepEqual(open, [])
})

test('every view shows what its reader may see, and no function that runs as its owner leaves its search path open', async () => {
  await using record = await openRecord()

  const views =
    await record.sql(`SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace
    AND NOT coalesce(reloptions @> '{security_invoker=true}' OR reloptions @> '{security_invoker=on}', false)`)
  const functions =
    await record.sql(`SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
    AND NOT coalesce(array_to_string(proconfig, ',') LIKE '%search_path=%', false)`)
  const toAll = await record.sql(`SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
    AND has_function_privilege('public', oid, 'EXECUTE')`)

  assert.deepEqual([views, functions, toAll], [[], [], []])
})

test('services own nothing, bypass nothing, and reach no partition by its own name', async () => {
  await using record = await openRecord()

  const roles = await record.sql(`SELECT rolname FROM pg_roles WHERE rolname IN ('gateway', 'worker')
    AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)`)
  const owned = await record.sql(
    `SELECT relname FROM pg_class WHERE relowner IN (SELECT oid FROM pg_roles WHERE rolname IN ('gateway', 'worker'))`,
  )
  const partitions = await record.sql(`SELECT c.relname FROM pg_class c, unnest('{gateway,worker}'::text[]) AS r
    WHERE c.relispartition AND c.relkind = 'r' AND has_table_privilege(r, c.oid, 'SELECT, INSERT, UPDATE, DELETE')`)

  assert.deepEqual([roles, owned, partitions], [[], [], []])
})

test('each role has the rights that its work needs and no others', async () => {
  await using record = await openRecord()

  const rows = await record.sql<{ grantee: string; table_name: string; rights: string }>(`
    SELECT grantee, table_name, string_agg(privilege_type, ' ' ORDER BY privilege_type) AS rights
    FROM information_schema.role_table_grants WHERE grantee IN ('gateway', 'worker') GROUP BY 1, 2 ORDER BY 1, 2`)
  const rights = Object.fromEntries(rows.map((row) => [`${row.grantee} ${row.table_name}`, row.rights]))

  const view = { open_steps: 'SELECT', recent_workflow_activity: 'SELECT', workflow_overview: 'SELECT' }
  const of = (role: string, tables: Record<string, string>) =>
    Object.fromEntries(Object.entries(tables).map(([table, own]) => [`${role} ${table}`, own]))
  assert.deepEqual(rights, {
    ...of('gateway', {
      ...view,
      alerts: 'SELECT UPDATE',
      archives: 'SELECT',
      automation_failures: 'INSERT SELECT',
      batch_runs: 'DELETE INSERT SELECT UPDATE',
      batches: 'INSERT SELECT',
      bulk_action_jobs: 'SELECT',
      bulk_actions: 'INSERT SELECT UPDATE',
      blobs: 'DELETE INSERT SELECT UPDATE',
      catalog_imports: 'DELETE INSERT SELECT UPDATE',
      catalog_items: 'DELETE INSERT SELECT UPDATE',
      clock_offset: 'SELECT',
      counters: 'INSERT SELECT',
      decisions: 'INSERT SELECT',
      deliveries: 'INSERT SELECT UPDATE',
      desk_history: 'INSERT SELECT',
      history: 'INSERT SELECT',
      hourly_outcomes: 'SELECT',
      idempotency_keys: 'INSERT SELECT UPDATE',
      job_sla_records: 'INSERT SELECT UPDATE',
      jobs: 'INSERT SELECT UPDATE',
      messages: 'DELETE INSERT SELECT UPDATE',
      orchestrators: 'SELECT',
      payloads: 'INSERT SELECT',
      plans: 'INSERT SELECT UPDATE',
      policies: 'SELECT',
      policy_versions: 'INSERT SELECT',
      record_epoch: 'SELECT',
      source_outcomes: 'SELECT',
      sla_clocks: 'SELECT',
      sla_configs: 'INSERT SELECT UPDATE',
      sla_records: 'INSERT SELECT UPDATE',
      sources: 'DELETE INSERT SELECT UPDATE',
      stage_workers: 'SELECT',
      stages: 'SELECT',
      tasks: 'INSERT SELECT UPDATE',
      tenant_settings: 'INSERT SELECT UPDATE',
      trigger_runs: 'SELECT',
      triggers: 'DELETE INSERT SELECT UPDATE',
      unsealed: 'INSERT',
      webhooks: 'DELETE INSERT UPDATE',
      workflow_versions: 'INSERT SELECT',
      workflows: 'INSERT SELECT',
    }),
    ...of('worker', {
      ...view,
      alerts: 'INSERT SELECT UPDATE',
      archives: 'SELECT',
      automation_failures: 'DELETE INSERT SELECT',
      batch_runs: 'SELECT UPDATE',
      batches: 'INSERT SELECT',
      bulk_action_jobs: 'INSERT SELECT UPDATE',
      bulk_actions: 'SELECT UPDATE',
      blobs: 'DELETE INSERT SELECT UPDATE',
      catalog_items: 'SELECT',
      clock_offset: 'SELECT',
      counters: 'DELETE INSERT SELECT',
      decisions: 'INSERT SELECT',
      deliveries: 'DELETE INSERT SELECT UPDATE',
      desk_history: 'INSERT SELECT',
      first_seen: 'INSERT SELECT',
      history: 'INSERT SELECT',
      hourly_outcomes: 'DELETE INSERT SELECT UPDATE',
      idempotency_keys: 'DELETE INSERT SELECT UPDATE',
      job_sla_records: 'INSERT SELECT UPDATE',
      jobs: 'INSERT SELECT UPDATE',
      messages: 'DELETE INSERT SELECT UPDATE',
      orchestrators: 'DELETE INSERT SELECT UPDATE',
      payloads: 'INSERT SELECT',
      plans: 'INSERT SELECT UPDATE',
      policies: 'SELECT',
      policy_versions: 'SELECT',
      record_epoch: 'SELECT',
      retention_turns: 'INSERT SELECT UPDATE',
      source_outcomes: 'DELETE INSERT SELECT UPDATE',
      sla_configs: 'SELECT',
      sla_records: 'INSERT SELECT UPDATE',
      sources: 'SELECT',
      stage_workers: 'DELETE INSERT SELECT UPDATE',
      stages: 'INSERT SELECT',
      tasks: 'INSERT SELECT UPDATE',
      tenant_settings: 'SELECT',
      trigger_cursors: 'SELECT UPDATE',
      trigger_runs: 'DELETE INSERT SELECT UPDATE',
      triggers: 'SELECT',
      unsealed: 'DELETE INSERT SELECT UPDATE',
      webhook_cursors: 'SELECT UPDATE',
      webhooks: 'SELECT UPDATE',
      workflow_versions: 'SELECT',
      workflows: 'SELECT',
    }),
  })
})

test('a seal has no part in any index of jobs, so that it is written where its row lies', async () => {
  await using record = await openRecord()

  assert.deepEqual(
    await record.sql(`SELECT indexdef FROM pg_indexes WHERE tablename = 'jobs' AND indexdef LIKE '%seal%'`),
    [],
  )
})

test('of a partition as much is sampled as of its table', async () => {
  await using record = await openRecord()
  const others =
    await record.sql(`SELECT inhrelid::regclass::text AS partition, h.attname, h.attstattarget, p.attstattarget
    FROM pg_inherits JOIN pg_attribute h ON h.attrelid = inhparent JOIN pg_attribute p ON p.attrelid = inhrelid AND p.attname = h.attname
    WHERE inhparent = 'history'::regclass AND h.attnum > 0 AND p.attstattarget IS DISTINCT FROM h.attstattarget`)

  assert.deepEqual(others, [])
})

test('the gateway sees and writes the rows of its tenant only, whatever the statement says', async () => {
  await using record = await openRecord()
  const [job] = await acceptJobs(record, 1)
  const other = await record.addTenant('other')
  const all = { text: 'SELECT id FROM jobs UNION ALL SELECT job_id FROM history UNION ALL SELECT job_id FROM payloads' }

  assert.equal((await record.gateway.query(record.tenantId, all)).length, 3)
  assert.deepEqual(await record.gateway.query(other, all), [])
  assert.deepEqual(await record.gateway.anonymous(all), [], 'without a tenant there are no rows at all')
  assert.equal(await record.reader.job(other, job!.id), undefined)
  const forged = { text: `INSERT INTO batches (tenant_id, id, actor) VALUES ($1, $1, 'x')` }
  await assert.rejects(record.gateway.query(other, forged, [record.tenantId]), /row-level security/)
})

test('a tenant does not stay with a connection that goes back to the pool', async () => {
  await using record = await openRecord()
  await acceptJobs(record, 1)
  const rows = { text: 'SELECT id FROM jobs' }

  const seen = await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      i % 2 ? record.gateway.query(record.tenantId, rows) : record.gateway.anonymous(rows),
    ),
  )

  assert.deepEqual(
    seen.map(({ length }) => length),
    seen.map((_, i) => i % 2),
  )
})

test('the database allows the edges of steps, jobs, tasks and plans that states.ts names, and no others', async () => {
  await using record = await openRecord()
  const [job] = await acceptJobs(record, 1)
  const allows = async (text: string, values: unknown[]): Promise<boolean> => {
    await record.sql('BEGIN')
    try {
      await record.sql(text, values)
      return true
    } catch (error) {
      assert.equal(sqlState(error), '23514')
      return false
    } finally {
      await record.sql('ROLLBACK')
    }
  }
  const entry = `INSERT INTO history (tenant_id, job_id, seq, at, event, path, times, job_from, job_to, actor)
    VALUES ($1, $2, 999, now(), 'step', $3, array_fill(now(), ARRAY[cardinality($3::text[])]), $4, $5, 'tester')`
  const task = `WITH t AS (SELECT 1) INSERT INTO tasks (tenant_id, id, job_id, workflow, step, type, cause, title, state, priority, evidence, completed_at)
    VALUES ($1, $2, $2, 'w', 's', 'review', 'c', 't', $3, 0.5, '{}', CASE WHEN $3 IN ('completed', 'cancelled') THEN now() END)`
  const move = `UPDATE tasks SET state = $3, completed_at = CASE WHEN $3 IN ('completed', 'cancelled') THEN now() END WHERE tenant_id = $1 AND id = $2`

  const plan = `INSERT INTO plans (tenant_id, id, title, created_by, state, archived_at)
    VALUES ($1, $2, 'p', 'x', $3, CASE WHEN $3 = 'archived' THEN now() END)`
  const movePlan = `UPDATE plans SET state = $3, archived_at = CASE WHEN $3 = 'archived' THEN now() END WHERE tenant_id = $1 AND id = $2`
  const told = `INSERT INTO desk_history (tenant_id, subject, subject_id, seq, event, from_state, to_state, actor)
    VALUES ($1, $3, $2, 2, 'moved', $4, $5, 'tester')`

  for (const from of STEP_STATES) {
    for (const to of STEP_STATES) {
      assert.equal(
        await allows(entry, [job!.tenantId, job!.id, [from, to], 'queued', 'queued']),
        canStepGo(from, to),
        `step ${from} > ${to}`,
      )
    }
  }
  for (const from of JOB_STATES) {
    for (const to of JOB_STATES) {
      assert.equal(
        await allows(entry, [job!.tenantId, job!.id, [], from, to]),
        canJobGo(from, to),
        `job ${from} > ${to}`,
      )
    }
  }
  for (const from of TASK_STATES) {
    for (const to of TASK_STATES.filter((state) => state !== from)) {
      await record.sql(task, [job!.tenantId, job!.id, from])
      assert.equal(await allows(move, [job!.tenantId, job!.id, to]), canTaskGo(from, to), `task ${from} > ${to}`)
      const entered = await allows(told, [job!.tenantId, job!.id, 'task', from, to])
      assert.equal(entered, canTaskGo(from, to), `entry of a task ${from} > ${to}`)
      await record.sql('DELETE FROM tasks')
    }
  }
  for (const from of PLAN_STATES) {
    for (const to of PLAN_STATES.filter((state) => state !== from)) {
      await record.sql(plan, [job!.tenantId, job!.id, from])
      assert.equal(await allows(movePlan, [job!.tenantId, job!.id, to]), canPlanGo(from, to), `plan ${from} > ${to}`)
      const entered = await allows(told, [job!.tenantId, job!.id, 'plan', from, to])
      assert.equal(entered, canPlanGo(from, to), `entry of a plan ${from} > ${to}`)
      await record.sql('DELETE FROM plans')
    }
  }
})

test('the history cannot be changed, by the services nor by mistake of the owner', async () => {
  await using record = await openRecord()
  await acceptJobs(record, 1)

  for (const text of [`UPDATE history SET actor = 'x'`, 'DELETE FROM history']) {
    await assert.rejects(record.worker.query(null, { text }), { code: '42501' })
    await assert.rejects(record.gateway.query(record.tenantId, { text }), { code: '42501' })
    await assert.rejects(record.sql(text), /insert-only/)
  }
})

test('a job’s history lies in the partition of the month of its id, and months ahead are there', async () => {
  await using record = await openRecord()
  await acceptJobs(record, 3)

  const month = new Date().toISOString().slice(0, 7).replace('-', '_')
  assert.deepEqual(await record.sql('SELECT DISTINCT tableoid::regclass::text AS name FROM history'), [
    { name: `history_${month}` },
  ])
  const [{ made } = { made: -1 }] = await record.sql('SELECT ensure_history_partitions(2) AS made')
  assert.equal(made, 0)
  await record.shiftClock(40 * 86_400_000)
  const [later] = await record.sql('SELECT ensure_history_partitions(2) AS made')
  assert.ok(Number(later?.['made']) >= 1)
})

test('migrating again, twice at once, changes nothing', async () => {
  await using record = await openRecord()
  const options = {
    adminUrl: record.database.adminUrl,
    gatewayPassword: 'gateway-of-tests',
    workerPassword: 'worker-of-tests',
  }

  const both = await Promise.all([migrate(options), migrate(options)])

  assert.deepEqual(both, [
    { applied: [], seeded: [] },
    { applied: [], seeded: [] },
  ])
})

test('a migration that was changed after it had been applied is refused by name', async () => {
  await using record = await openRecord()
  await record.sql(`UPDATE schema_migrations SET sha256 = 'other' WHERE name LIKE '0003%'`)

  const migrating = migrate({
    adminUrl: record.database.adminUrl,
    gatewayPassword: 'gateway-of-tests',
    workerPassword: 'worker-of-tests',
  })

  await assert.rejects(migrating, /0003-jobs\.sql was changed/)
})
