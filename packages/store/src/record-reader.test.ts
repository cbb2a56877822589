import { newId } from '@stageline/domain'
import { failureOf, successOf, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { createMaintenance } from './maintenance.ts'
import { renewEpoch } from './renew-epoch.ts'
import { acceptJobs, openRecord, recordAll, type OpenRecord } from './testing/open-record.ts'

const badCursor = { code: 'request.bad_cursor' }

test('pages go through all jobs once, newest first, while new ones come in', async () => {
  await using record = await openRecord()
  const before = await acceptJobs(record, 25)

  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await record.reader.jobs(
      record.tenantId,
      { workflow: 'two-steps' },
      { limit: 10, ...(cursor ? { cursor } : {}) },
    )
    seen.push(...page.items.map(({ id }) => id))
    cursor = page.next ?? undefined
    await acceptJobs(record, 3)
  } while (cursor)

  assert.deepEqual(
    seen,
    before
      .map(({ id }) => id)
      .toSorted()
      .toReversed(),
  )
})

test('batches come in pages, newest first, each with its jobs by state', async () => {
  await using record = await openRecord()
  // Within a millisecond ids come in any order.
  const ids = [newId(), newId(), newId()].toSorted()
  for (const id of ids) await record.writer.createBatch(record.tenantId, { id, name: null, actor: 'ann' })
  await acceptJobs(record, 2, { seed: { batchId: ids[2]! } })

  const first = await record.reader.batches(record.tenantId, { limit: 2 })
  const rest = await record.reader.batches(record.tenantId, { limit: 2, cursor: first.next! })

  assert.deepEqual(
    [...first.items, ...rest.items].map(({ id }) => id),
    ids.toReversed(),
  )
  assert.deepEqual([first.items[0]?.total, first.items[0]?.byState, rest.next], [2, { queued: 2 }, null])
})

test('a cursor of another filter, or no cursor at all, is refused', async () => {
  await using record = await openRecord()
  await acceptJobs(record, 3)
  const { next } = await record.reader.jobs(record.tenantId, { workflow: 'two-steps' }, { limit: 1 })

  const list = (filter: object, cursor: string) => record.reader.jobs(record.tenantId, filter, { limit: 1, cursor })

  assert.equal((await list({ workflow: 'two-steps' }, next!)).items.length, 1)
  await assert.rejects(list({ workflow: 'other' }, next!), badCursor)
  await assert.rejects(list({}, 'garbage'), badCursor)
  await assert.rejects(record.reader.events(record.tenantId, 'garbage', 1), badCursor)
})

test('each filter keeps the jobs that fit and leaves out a bystander', async () => {
  await using record = await openRecord()
  const batchId = newId()
  const { job, ...wanted } = record.make({ businessKey: 'order-7', tags: ['red', 'blue'], seed: { batchId } })
  await record.gatewayStore.accept(record.tenantId, [{ ...wanted, job }])
  const [bystander] = await acceptJobs(record, 1)
  await recordAll(record, [successOf(record.workflow, bystander!, 'first', {}, record.workerStore.now())])
  const filters = [
    { state: ['queued' as const] },
    { stage: 'alpha' },
    { batchId },
    { businessKey: 'order-7' },
    { tag: 'blue' },
    { ids: [job.id] },
    {
      createdBefore: new Date(
        Date.parse((await record.reader.job(record.tenantId, bystander!.id))!.createdAt) - 60_000,
      ),
    },
  ]

  const found = await Promise.all(filters.map((filter) => record.reader.jobs(record.tenantId, filter, { limit: 10 })))

  assert.deepEqual(
    found.map(({ items }) => items.map(({ id }) => id)),
    [...filters.slice(1).map(() => [job.id]), []],
  )
})

test('a list of a workflow holds open and finished jobs in one order, and none of another', async () => {
  await using record = await openRecord()
  const accepted = await acceptJobs(record, 6)
  const other = newId()
  await acceptJobs(record, 2, { seed: { batchId: other } })
  const ended = accepted.filter((_, i) => i % 2 === 0).map(({ id }) => id)
  await end(record, ended)
  const list = (filter: object) =>
    record.reader.jobs(record.tenantId, { workflow: 'two-steps', ...filter }, { limit: 4 })

  const all = await list({})
  const rest = await record.reader.jobs(record.tenantId, { workflow: 'two-steps' }, { limit: 4, cursor: all.next! })
  const done = await list({ state: ['cancelled'] })
  const both = await list({ state: ['cancelled', 'queued'], batchId: other })
  const atNoStage = await list({ state: ['cancelled'], stage: 'alpha' })
  const unknown = await list({ workflow: 'nothing' })

  const shown = [...all.items, ...rest.items].map(({ id }) => id)
  assert.deepEqual(shown, shown.toSorted().toReversed())
  assert.deepEqual([new Set(shown).size, rest.next], [8, null])
  assert.deepEqual(
    done.items.map(({ id }) => id),
    ended.toSorted().toReversed(),
  )
  assert.deepEqual([both.items.length, atNoStage.items, unknown.items], [2, [], []])
})

/** As if they had been cancelled long ago. */
async function end({ database }: OpenRecord, ids: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  const text = `UPDATE jobs SET state = 'cancelled', finished_at = now(), due_at = NULL, stage = NULL WHERE id = ANY ($1)`
  await client.query(text, [ids])
  await client.end()
}

test('tags find the few jobs that carry all of them, of this tenant only, and so do those of many', async () => {
  await using record = await openRecord()
  const make = async (tags: string[]) => {
    const made = record.make({ tags })
    await record.gatewayStore.accept(record.tenantId, [made])
    return made.job.id
  }
  const both = await make(['red', 'source:parts'])
  await make(['red'])
  await acceptJobs(record, 3)
  const found = async (filter: object) =>
    (await record.reader.jobs(record.tenantId, filter, { limit: 10 })).items.map(({ id }) => id)

  assert.equal((await found({ tag: 'red' })).length, 2)
  assert.deepEqual(await found({ tag: 'red', source: 'parts' }), [both])
  assert.deepEqual(await found({ tag: 'red', source: 'parts', state: ['completed'] }), [])
  assert.deepEqual(await found({ tag: 'green' }), [])
  assert.deepEqual((await record.reader.jobs(newId(), { tag: 'red' }, { limit: 10 })).items, [])
})

test('tags find the jobs of a workflow or a state where each alone means more than are looked at', async () => {
  await using record = await openRecord()
  const [open] = await acceptJobs(record, 1)
  // A third of 9,000 is red; of the older ones 80 are of a workflow of their own, a third of them red.
  await record.sql(
    `INSERT INTO jobs SELECT (jsonb_populate_record(j, jsonb_build_object('id', uuidv7(make_interval(secs => i - 10000)),
      'state', 'completed', 'finished_at', now(), 'due_at', NULL, 'stage', NULL, 'seal', 'sealed',
      'tags', CASE WHEN i % 3 = 0 THEN ARRAY['red'] ELSE ARRAY['blue'] END,
      'workflow', CASE WHEN i < 4000 AND i % 100 < 2 THEN 'rare' ELSE j.workflow END))).*
     FROM jobs j, generate_series(1, 9000) i WHERE j.id = $1`,
    [open!.id],
  )
  await record.sql(`UPDATE jobs SET workflow = 'rare', tags = '{red}' WHERE id = $1`, [open!.id])

  const red = `tags @> '{red}'`
  const expected = {
    all: await idsWhere(record, red),
    ofWorkflow: await idsWhere(record, `${red} AND workflow = 'rare'`),
    completed: await idsWhere(record, `${red} AND workflow = 'rare' AND state = 'completed'`),
  }
  assert.deepEqual(await idsOfPages(record, { tag: 'red' }, 200), expected.all)
  assert.deepEqual(await idsOfPages(record, { tag: 'red', workflow: 'rare' }, 200), expected.ofWorkflow)
  assert.deepEqual(
    await idsOfPages(record, { tag: 'red', workflow: 'rare', state: ['completed'] }, 200),
    expected.completed,
  )
  assert.deepEqual(await idsOfPages(record, { tag: 'red', state: ['queued'] }, 200), [open!.id])
  assert.deepEqual(await idsOfPages(record, { tag: 'red', workflow: 'none' }, 200), [])
})

test('an error code finds the jobs whose last error it is, alone and with other filters, page by page', async () => {
  await using record = await openRecord()
  const batchId = newId()
  const failed = await acceptJobs(record, 5)
  const ofBatch = await acceptJobs(record, 2, { seed: { batchId } })
  await acceptJobs(record, 2)
  const all = [...failed, ...ofBatch]
  await recordAll(
    record,
    all.map((job) => failureOf(record.workflow, job, 'first', record.workerStore.now())),
  )
  const [{ code }] = (await record.sql<{ code: string }>(
    `SELECT DISTINCT failure ->> 'code' AS code FROM history WHERE failure IS NOT NULL`,
  )) as [{ code: string }]
  // Two of them failed once more, with another error.
  const again = [failed[1]!.id, ofBatch[0]!.id]
  await record.sql(
    `INSERT INTO history (tenant_id, job_id, seq, at, event, path, times, job_from, job_to, actor, failure)
     SELECT tenant_id, id, seq + 1, now(), 'step.failed', '{}', '{}', state, state, 'tester', '{"kind": "data", "code": "another"}' FROM jobs WHERE id = ANY ($1)`,
    [again],
  )

  const first = all.map(({ id }) => id).filter((id) => !again.includes(id))
  const newestFirst = (ids: string[]) => ids.toSorted().toReversed()
  const pages = (filter: object) => idsOfPages(record, filter, 2)
  assert.deepEqual(await pages({ errorCode: code }), newestFirst(first))
  assert.deepEqual(await pages({ errorCode: 'another' }), newestFirst(again))
  assert.deepEqual(await pages({ errorCode: code, workflow: 'two-steps', state: ['suspended'] }), newestFirst(first))
  assert.deepEqual(await pages({ errorCode: 'another', batchId }), [ofBatch[0]!.id])
  assert.deepEqual(await pages({ errorCode: 'another', state: ['completed'] }), [])
  assert.deepEqual(await pages({ errorCode: code, createdAfter: new Date(Date.now() + 60_000) }), [])
  assert.deepEqual(await pages({ errorCode: 'none' }), [])
})

async function idsOfPages({ reader, tenantId }: OpenRecord, filter: object, limit: number): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: string | undefined | null; cursor !== null;) {
    const page = await reader.jobs(tenantId, filter, { limit, ...(cursor && { cursor }) })
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.next
  }
  return ids
}

async function idsWhere({ sql, tenantId }: OpenRecord, condition: string): Promise<string[]> {
  const text = `SELECT id FROM jobs WHERE tenant_id = $1 AND ${condition} ORDER BY id DESC`
  return (await sql<{ id: string }>(text, [tenantId])).map(({ id }) => id)
}

test('a job is shown with its last failure, its decisions and its open tasks', async () => {
  await using record = await openRecord()
  const [job] = await acceptJobs(record, 1)
  const failed = failureOf(record.workflow, job!, 'first', record.workerStore.now())
  const decision = { route: 'person' as const, policy: 'p', version: 1, factors: {}, rule: 'r', reason: 'so' }
  await recordAll(record, [{ ...failed, decisions: [{ step: 'first', decision }] }])

  const view = await record.reader.job(record.tenantId, job!.id)

  assert.equal(view?.lastError?.code, 'test.unreadable')
  assert.equal(view?.lastError?.at, failed.history[0]?.at)
  assert.deepEqual(
    view?.decisions.map((one) => one.decision),
    [decision],
  )
  assert.deepEqual(view?.openTasks, [failed.tasks[0]?.id])
  assert.deepEqual(await record.reader.history(record.tenantId, job!.id).then((all) => all.slice(1)), failed.history)
})

test('input, outputs and result are read by the entries that recorded them', async () => {
  await using record = await openRecord()
  const [job] = await acceptJobs(record, 1, { input: { record: { n: 1 } } })
  const now = record.workerStore.now()
  const one = successOf(record.workflow, job!, 'first', { a: 1 }, now)
  await recordAll(record, [one])
  await recordAll(record, [successOf(record.workflow, one.after, 'second', { b: 2 }, now)])

  assert.deepEqual(await record.reader.input(record.tenantId, job!.id), { record: { n: 1 } })
  assert.deepEqual(await record.reader.outputs(record.tenantId, job!.id), {
    outputs: { first: { a: 1 }, second: { b: 2 } },
    result: { b: 2 },
  })
})

test('the counts equal a recount after any mix of changes, folded or not', async () => {
  await using record = await openRecord()
  const batchId = newId()
  await record.writer.createBatch(record.tenantId, { id: batchId, name: 'mixed', actor: 'tester' })
  let jobs = await acceptJobs(record, 40, { seed: { batchId } })
  const maintenance = createMaintenance(record.worker)
  for (let round = 0; round < 6; round += 1) {
    const writes = jobs.flatMap((job, i) => advanceSomehow(record, job, (i * 7 + round * 13) % 5))
    await recordAll(record, writes)
    const after = new Map(writes.map((write) => [write.after.id, write.after]))
    jobs = jobs.map((job) => after.get(job.id) ?? job)
    if (round % 2) await maintenance.foldCounters()
    assert.deepEqual(await record.reader.counts(record.tenantId), await recount(record))
  }

  const batch = await record.reader.batch(record.tenantId, batchId)
  assert.equal(batch?.total, 40)
  assert.deepEqual(batch?.byState, (await recount(record)).jobs)
})

test('events are told in their order, nothing twice and nothing left out, while many write', async () => {
  await using record = await openRecord()
  const told: string[] = []
  let cursor: string | null = null
  const write = async () => {
    for (let round = 0; round < 8; round += 1) {
      const jobs = await acceptJobs(record, 5)
      await recordAll(
        record,
        jobs.map((job) => successOf(record.workflow, job, 'first', {}, record.workerStore.now())),
      )
    }
  }
  const follow = async () => {
    const page: Awaited<ReturnType<typeof record.reader.events>> = await record.reader.events(
      record.tenantId,
      cursor,
      7,
    )
    told.push(...page.events.map(({ jobId, entry }) => `${jobId}/${entry.seq}`))
    cursor = page.cursor
    return told.length
  }

  // An entry to accept each of 3 × 8 × 5 jobs, and one for its first step.
  const entries = 240
  await Promise.all([
    write(),
    write(),
    write(),
    waitFor(async () => (await follow()) >= entries, { timeoutMs: 30_000 }),
  ])
  await follow()

  const all = await record.sql<{ name: string }>(`SELECT job_id || '/' || seq AS name FROM history`)
  assert.equal(new Set(told).size, told.length, 'nothing twice')
  assert.deepEqual(told.toSorted(), all.map(({ name }) => name).toSorted())
  const seqs = Map.groupBy(told, (name) => name.split('/')[0])
  for (const names of seqs.values()) assert.deepEqual(names, names.toSorted())
})

test('what a running transaction may still precede is not told before it has ended', async () => {
  await using record = await openRecord()
  await record.sql('BEGIN')
  await record.sql('SELECT pg_current_xact_id()')
  await acceptJobs(record, 1)

  const during = await record.reader.events(record.tenantId, null, 10)
  await record.sql('COMMIT')
  const after = await eventsOf(record, during.cursor, 1)

  assert.deepEqual(during.events, [])
  assert.equal(after.events.length, 1)
})

test('the present stands behind what has happened and before what comes', async () => {
  await using record = await openRecord()
  await acceptJobs(record, 2)
  await eventsOf(record, null, 2)

  const present = await record.reader.presentCursor(record.tenantId)
  const [later] = await acceptJobs(record, 1)

  const { events } = await eventsOf(record, present, 1)
  assert.deepEqual(
    events.map(({ jobId }) => jobId),
    [later!.id],
  )
})

test('every entry names the trace of its job, and what its sender calls the whole of it', async () => {
  await using record = await openRecord()
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const [job] = await acceptJobs(record, 1, { seed: { trace, correlationId: 'order-17' } })
  await recordAll(record, [
    successOf(record.workflow, job!, 'first', { correlationId: 'its own' }, record.workerStore.now()),
  ])
  await acceptJobs(record, 1)

  const { events } = await eventsOf(record, null, 3)

  const told = events.map(({ jobId, entry, traceparent, correlationId }) => ({
    key: `${jobId === job!.id} ${entry.event}`,
    about: [traceparent, correlationId],
  }))
  assert.deepEqual(Object.fromEntries(told.map(({ key, about }) => [key, about])), {
    'true accepted': [trace, 'order-17'],
    'true step': [trace, 'order-17'],
    'false accepted': [null, null],
  })
})

test('readers of an earlier epoch go on by job and seq', async () => {
  await using record = await openRecord()
  await acceptJobs(record, 1)
  await record.shiftClock(1_500)
  const [later] = await acceptJobs(record, 1)
  const told = await eventsOf(record, null, 2)
  await record.sql(`UPDATE record_epoch SET system_identifier = 1`)
  const client = new pg.Client({ connectionString: record.database.adminUrl })
  await client.connect()
  await renewEpoch(client)
  await client.end()

  const rest = await eventsOf(record, told.events[0]!.cursor, 1)

  assert.deepEqual(
    rest.events.map(({ jobId }) => jobId),
    [later!.id],
  )
})

test('the views answer, and only for the tenant that asks', async () => {
  await using record = await openRecord()
  const other = await record.addTenant('other')
  const jobs = await acceptJobs(record, 2)
  await recordAll(record, [successOf(record.workflow, jobs[0]!, 'first', {}, record.workerStore.now())])
  const ask = (tenantId: string, view: string) =>
    record.gateway.query<Record<string, unknown>>(tenantId, { text: `SELECT * FROM ${view}` })

  const [overview, steps, recent] = await Promise.all(
    ['workflow_overview ORDER BY stage', 'open_steps', 'recent_workflow_activity'].map((view) =>
      ask(record.tenantId, view),
    ),
  )

  assert.deepEqual(
    overview!.map(({ stage, queued, completed }) => [stage, Number(queued), Number(completed)]),
    [
      ['alpha', 1, 1],
      ['beta', 1, 0],
    ],
  )
  assert.deepEqual(new Set(steps!.map(({ step }) => step)), new Set(['first', 'second']))
  assert.equal(recent!.length, 3)
  for (const view of ['workflow_overview', 'open_steps', 'recent_workflow_activity'])
    assert.deepEqual(await ask(other, view), [])
})

/** The first events, when so many can be told: transactions of other databases of the cluster hold them back, too. */
const eventsOf = (record: OpenRecord, after: string | null, count: number) =>
  waitFor(async () => {
    const page = await record.reader.events(record.tenantId, after, 100)
    return page.events.length >= count ? page : undefined
  }).then((page) => page!)

/** Ends well, fails, or stays, as `choice` says; a final or suspended job stays. */
function advanceSomehow(record: OpenRecord, job: Parameters<typeof successOf>[1], choice: number) {
  const step = ['first', 'second'].find((key) => job.steps[key]!.state === 'queued')
  if (!step || choice === 0) return []
  const now = record.workerStore.now()
  return [
    choice < 4 ? successOf(record.workflow, job, step, { choice }, now) : failureOf(record.workflow, job, step, now),
  ]
}

async function recount(record: OpenRecord) {
  const jobs = await record.sql<{ state: string; n: number }>(
    'SELECT state, count(*)::int AS n FROM jobs GROUP BY state',
  )
  const steps = await record.sql<{ stage: string; state: string; n: number }>(`
    SELECT CASE s.key WHEN 'first' THEN 'alpha' ELSE 'beta' END AS stage, s.value ->> 's' AS state, count(*)::int AS n
    FROM jobs, jsonb_each(steps) AS s WHERE s.value ? 's' GROUP BY 1, 2`)
  const byStage: Record<string, Record<string, number>> = {}
  for (const { stage, state, n } of steps) (byStage[stage] ??= {})[state] = n
  return { jobs: Object.fromEntries(jobs.map(({ state, n }) => [state, n])), steps: byStage }
}
