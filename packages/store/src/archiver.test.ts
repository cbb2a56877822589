import { newId } from '@stageline/domain'
import type { Job } from '@stageline/domain'
import type { BlobStore, LeavingChoice } from '@stageline/engine/ports'
import { failureOf, successOf } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import { createArchiveReader, loadingArchived } from './archive-reader.ts'
import { createArchiver } from './archiver.ts'
import { createFolderBlobStore } from './folder-blob-store.ts'
import { createMaintenance } from './maintenance.ts'
import { createRecordReader } from './record-reader.ts'
import { acceptJobs, openRecord, recordAll, type OpenRecord } from './testing/open-record.ts'
import { createTriggerQueue } from './triggers.ts'
import { createDeliveryQueue } from './webhooks.ts'

const HOUR = 3_600_000
const OLD: LeavingChoice = { completedForMs: HOUR, cancelledForMs: HOUR, most: 500 }

async function setup() {
  const stack = new AsyncDisposableStack()
  const record = stack.use(await openRecord())
  const dir = await mkdtemp(join(tmpdir(), 'stageline-archives-'))
  stack.defer(() => rm(dir, { recursive: true, force: true }))
  const blobs = createFolderBlobStore(dir, record.worker)
  const archiver = createArchiver(record.worker, blobs)
  const archive = createArchiveReader(record.gateway, createFolderBlobStore(dir, record.gateway))
  const turn = (tenantId = record.tenantId) => ({ tenantId, lookedTo: null })
  return {
    record,
    blobs,
    archiver,
    archive,
    reader: createRecordReader(record.gateway, archive),
    choose: async (choice: Partial<LeavingChoice> = {}) =>
      (await archiver.choose(turn(), { ...OLD, ...choice })).jobs.map(({ id }) => id),
    /** Takes out all that may leave. */
    leave: async (tenantId = record.tenantId) => {
      const { jobs } = await archiver.choose(turn(tenantId), OLD)
      return jobs.length > 0 && archiver.archive(tenantId, jobs)
    },
    files: async () =>
      (await readdir(dir, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name)),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** Both steps end well, upkeep has sealed it and readers of the history have passed it; an hour goes by. */
async function finishJobs(record: OpenRecord, count: number): Promise<Job[]> {
  const jobs = await acceptJobs(record, count, { tags: ['t'], businessKey: 'K-1' })
  await complete(record, jobs)
  await settle(record)
  return jobs.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

async function complete(record: OpenRecord, jobs: readonly Job[]): Promise<void> {
  const { workflow, workerStore } = record
  for (const step of ['first', 'second']) {
    const now = await workerStore.read(jobs.map(({ tenantId, id }) => ({ tenantId, jobId: id })))
    await recordAll(
      record,
      now.map((job) =>
        successOf(workflow, job!, step, { made: step, big: 12345678901234567890n.toString() }, workerStore.now()),
      ),
    )
  }
}

async function settle(record: OpenRecord): Promise<void> {
  await createMaintenance(record.worker).sealFinished(1_000)
  await record.isReadable()
  await createTriggerQueue(record.worker).read('jobs', 500, () => [])
  await createDeliveryQueue(record.worker).read('jobs', 500, () => [])
  await record.shiftClock(HOUR + 1_000)
}

const counts = (record: OpenRecord) =>
  record.sql<{ kind: string; state: string; n: number }>(
    `SELECT kind, state, sum(delta)::int AS n FROM counters WHERE kind IN ('job', 'step') GROUP BY 1, 2 HAVING sum(delta) <> 0 ORDER BY 1, 2`,
  )

const TABLES = ['jobs', 'payloads', 'history', 'decisions', 'job_sla_records']
const rowsLeft = async ({ sql }: OpenRecord): Promise<Record<string, number>> => {
  const rows = await sql<{ name: string; n: number }>(
    TABLES.map((name) => `SELECT '${name}' AS name, count(*)::int AS n FROM ${name}`).join(' UNION ALL '),
  )
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]))
}

test('jobs that have left are found by their ids, and told as before', async () => {
  await using given = await setup()
  const { record, reader, leave } = given
  const jobs = await finishJobs(record, 205)
  const [first, last] = [jobs[0]!, jobs.at(-1)!]
  const tell = async ({ id }: Job) => ({
    job: { ...(await reader.job(record.tenantId, id))!, readAt: '', archivedAt: null },
    history: await reader.history(record.tenantId, id),
    input: await reader.input(record.tenantId, id),
    outputs: await reader.outputs(record.tenantId, id),
  })
  const before = [await tell(first), await tell(jobs[150]!), await tell(last)]

  assert.equal(await leave(), true)

  assert.deepEqual(await rowsLeft(record), { jobs: 0, payloads: 0, history: 0, decisions: 0, job_sla_records: 0 })
  assert.deepEqual([await tell(first), await tell(jobs[150]!), await tell(last)], before)
  const [row] = await record.sql<{ at: Date }>('SELECT created_at AS at FROM archives')
  assert.equal((await reader.job(record.tenantId, first.id))!.archivedAt, row!.at.toISOString())
  assert.equal(await reader.job(record.tenantId, newId()), undefined)
})

test('a job that has left can be loaded for one that replays it', async () => {
  await using given = await setup()
  const { record, leave } = given
  const [job] = await finishJobs(record, 2)
  const refs = [{ tenantId: record.tenantId, jobId: job!.id, step: '', fence: 0 }]
  const before = await record.gatewayStore.load(refs)
  await leave()

  assert.deepEqual(await record.gatewayStore.load(refs), [undefined])
  assert.deepEqual(await loadingArchived(record.gatewayStore, record.gateway, given.archive).load(refs), before)
})

test('counts equal what lists show, and what has left is counted as such; batches keep their counts', async () => {
  await using given = await setup()
  const { record, leave, reader } = given
  const batchId = newId()
  await record.writer.createBatch(record.tenantId, { id: batchId, name: null, actor: 'x' })
  const jobs = await acceptJobs(record, 2, { seed: { batchId } })
  await complete(record, jobs)
  await finishJobs(record, 3)
  const open = await acceptJobs(record, 1)

  await leave()

  assert.deepEqual(await counts(record), [
    { kind: 'job', state: 'archived', n: 5 },
    { kind: 'job', state: 'queued', n: 1 },
    { kind: 'step', state: 'queued', n: 1 },
  ])
  assert.deepEqual(await reader.counts(record.tenantId), { jobs: { queued: 1 }, steps: { alpha: { queued: 1 } } })
  assert.deepEqual(
    (await reader.jobs(record.tenantId, {}, { limit: 9 })).items.map(({ id }) => id),
    [open[0]!.id],
  )
  assert.deepEqual((await reader.batch(record.tenantId, batchId))!.byState, { completed: 2 })
  const backlog = await record.sql('SELECT open::int, finished::int FROM backlog_of_all()')
  assert.deepEqual(backlog, [{ open: 1, finished: 5 }])
})

test('the file is NDJSON that says what it is, and any zstd reads it', async () => {
  await using given = await setup()
  const jobs = await finishJobs(given.record, 120)
  await given.leave()

  const [file] = await given.files()
  const [row] = await given.record.sql<{ frames: { jobs: number }[]; bytes: number; raw: number }>(
    `SELECT a.frames, b.bytes::int, a.raw_bytes::int AS raw FROM archives a JOIN blobs b ON b.key = a.blob_key`,
  )
  const bytes = await readFile(file!)
  const lines = zstdDecompressSync(bytes).toString().trimEnd().split('\n')

  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { job: { id: string } }).job.id),
    jobs.map(({ id }) => id),
  )
  const line = JSON.parse(lines[0]!) as Record<string, unknown[]> & { format: string }
  assert.equal(line.format, 'stageline.job/1')
  assert.deepEqual([line['payloads']!.length, line['history']!.length > 2, line['tasks']], [1, true, []])
  assert.deepEqual(
    row!.frames.map((frame) => frame.jobs),
    [100, 20],
  )
  assert.deepEqual([row!.bytes, row!.raw], [bytes.length, Buffer.byteLength(`${lines.join('\n')}\n`)])
})

test('what is young, unsealed, open or not read by everybody stays', async () => {
  await using given = await setup()
  const { record, choose } = given
  const [old] = await finishJobs(record, 1)
  const [unread] = await acceptJobs(record, 1)
  await complete(record, [unread!])
  await record.shiftClock(HOUR + 1_000)
  assert.deepEqual(await choose(), [old!.id], 'neither sealed nor read')
  await createMaintenance(record.worker).sealFinished(10)
  assert.deepEqual(await choose(), [old!.id], 'not read')
  await record.isReadable()
  await createTriggerQueue(record.worker).read('jobs', 500, () => [])
  assert.deepEqual(await choose(), [old!.id], 'not read by webhooks')
  await createDeliveryQueue(record.worker).read('jobs', 500, () => [])
  assert.deepEqual(await choose(), [old!.id, unread!.id])

  assert.deepEqual(await choose({ completedForMs: null }), [], 'completed ones stay for ever')
  assert.deepEqual(await choose({ completedForMs: 9 * HOUR }), [], 'too young')
  assert.deepEqual(await choose({ most: 1 }), [old!.id])
  await record.sql('UPDATE record_epoch SET epoch = epoch + 1')
  assert.deepEqual(await choose(), [], 'restored, and nobody has read since')
})

test('a job stays as long as somebody has to do with it', async () => {
  await using given = await setup()
  const { record, choose } = given
  const { tenantId, sql } = record
  const [tasked, sent, fired, chosen, read, free] = (await finishJobs(record, 6)).map(({ id }) => id)
  const about = [tenantId, newId()]
  const evidence = `'review', 'c', 't', 0.5, '{}'`
  await sql(
    `INSERT INTO tasks (tenant_id, id, job_id, type, cause, title, priority, evidence) VALUES ($1, $2, $3, ${evidence})`,
    [...about, tasked],
  )
  await sql(
    `INSERT INTO webhooks (tenant_id, id, enabled, definition, secret, updated_by) VALUES ($1, $2, false, '{}', 's', 'x')`,
    about,
  )
  await sql(
    `INSERT INTO deliveries (tenant_id, id, webhook_id, subject_id, seq, type, cause, entry, state) VALUES ($1, $2, $2, $3, 1, 't', 'event', '{}', 'waiting')`,
    [...about, sent],
  )
  await sql(
    `INSERT INTO trigger_runs (tenant_id, trigger_key, subject_id, seq, id, version, entry, actions, depth, state) VALUES ($1, 'k', $3, 1, $2, 1, '{}', '[]', 0, 'waiting')`,
    [...about, fired],
  )
  await sql(`INSERT INTO bulk_actions (tenant_id, id, kind, filter, actor) VALUES ($1, $2, 'retry', '{}', 'x')`, about)
  await sql(`INSERT INTO bulk_action_jobs (tenant_id, bulk_action_id, job_id) VALUES ($1, $2, $3)`, [...about, chosen])
  await sql(
    `INSERT INTO batch_runs (tenant_id, id, origin, columns, request, preview, moves_mark, actor) VALUES ($1, $2, '{}', '{}', '{}', false, false, 'x')`,
    about,
  )
  await sql(`UPDATE jobs SET batch_id = $2 WHERE tenant_id = $1 AND id = $3`, [...about, read])

  assert.deepEqual(await choose(), [free])

  await sql(`UPDATE deliveries SET state = 'delivered', finished_at = now()`)
  await sql(`UPDATE tasks SET state = 'cancelled', completed_at = now()`)
  assert.deepEqual(await choose(), [tasked, sent, free])
})

test('the tasks of a job stay with what people decided, and are told in its line too', async () => {
  await using given = await setup()
  const { record, leave, reader } = given
  const [job] = await acceptJobs(record, 1)
  await recordAll(record, [failureOf(record.workflow, job!, 'first', record.workerStore.now())])
  await record.sql(`UPDATE tasks SET state = 'cancelled', completed_at = stageline_now()`)
  const [suspended] = await record.workerStore.read([{ tenantId: record.tenantId, jobId: job!.id }])
  assert.equal(suspended!.state, 'suspended')
  await record.sql(`UPDATE jobs SET state = 'cancelled', finished_at = stageline_now(), due_at = NULL`)
  await settle(record)

  assert.equal(await leave(), true)

  const { items } = await reader.tasks(record.tenantId, { jobId: job!.id }, { limit: 5 })
  assert.deepEqual(
    items.map(({ state }) => state),
    ['cancelled'],
  )
  const { line } = (await given.archive.find(record.tenantId, job!.id))!
  assert.equal((JSON.parse(line) as { tasks: { id: string }[] }).tasks[0]!.id, items[0]!.id)
  assert.equal((await reader.job(record.tenantId, job!.id))!.lastError?.code, 'test.unreadable')
})

test('one tenant never sees what another has in its archives, nor do its jobs leave with them', async () => {
  await using given = await setup()
  const { record, leave, reader } = given
  const other = await record.addTenant('other')
  const [job] = await finishJobs(record, 3)

  assert.equal(await leave(other), false)
  assert.equal(await leave(), true)

  assert.equal(await reader.job(other, job!.id), undefined)
  assert.deepEqual(await record.gateway.query(other, { text: 'SELECT id FROM archives' }), [])
  await assert.rejects(
    record.gateway.query(other, { text: `SELECT archive_jobs($1, $1, 'x', ARRAY[$1]::uuid[], '[]', 0)` }, [newId()]),
    { code: '42501' },
  )
})

test('a process that dies between file and commit loses nothing and doubles nothing; its file is cleared', async () => {
  await using given = await setup()
  const { record, blobs, archiver, reader } = given
  const [job] = await finishJobs(record, 3)
  const { jobs } = await archiver.choose({ tenantId: record.tenantId, lookedTo: null }, OLD)
  const dying: BlobStore = {
    ...blobs,
    write: async (content, about) => {
      await blobs.write(content, about)
      throw new Error('killed')
    },
  }

  await assert.rejects(createArchiver(record.worker, dying).archive(record.tenantId, jobs), /killed/)

  assert.equal((await reader.job(record.tenantId, job!.id))!.archivedAt, null)
  assert.equal((await rowsLeft(record))['jobs'], 3)
  assert.equal(await given.leave(), true)
  assert.equal((await given.files()).length, 2)
  assert.equal(await archiver.clearOrphans(10), 0, 'it may still be about to commit')
  await record.shiftClock(HOUR + 1_000)
  assert.equal(await archiver.clearOrphans(10), 1)
  assert.equal((await given.files()).length, 1)
  assert.ok((await reader.job(record.tenantId, job!.id))!.archivedAt)
})

test('a file that was cleared meanwhile takes no jobs with it', async () => {
  await using given = await setup()
  const { record, blobs, archiver } = given
  await finishJobs(record, 3)
  const { jobs } = await archiver.choose({ tenantId: record.tenantId, lookedTo: null }, OLD)
  const slow: BlobStore = {
    ...blobs,
    write: async (content, about) => {
      const file = await blobs.write(content, about)
      await blobs.remove(file.key)
      return file
    },
  }

  await assert.rejects(
    createArchiver(record.worker, slow).archive(record.tenantId, jobs),
    /archives_tenant_id_blob_key_fkey/,
  )

  assert.equal((await rowsLeft(record))['jobs'], 3)
})

test('of two that take the same jobs one has them, and the other leaves no file', async () => {
  await using given = await setup()
  const { record, archiver } = given
  await finishJobs(record, 50)
  const { jobs } = await archiver.choose({ tenantId: record.tenantId, lookedTo: null }, OLD)

  const both = await Promise.all([archiver.archive(record.tenantId, jobs), archiver.archive(record.tenantId, jobs)])

  assert.equal(both.filter(Boolean).length, 1)
  assert.deepEqual(await record.sql('SELECT count(*)::int AS n FROM archives'), [{ n: 1 }])
  assert.equal((await given.files()).length, 1)
})

test('a job that is open again in the record, or not sealed, is not taken out', async () => {
  await using given = await setup()
  const { record, archiver } = given
  await finishJobs(record, 2)
  const { jobs } = await archiver.choose({ tenantId: record.tenantId, lookedTo: null }, OLD)
  await record.sql('UPDATE jobs SET seal = NULL WHERE id = $1', [jobs[0]!.id])

  assert.equal(await archiver.archive(record.tenantId, jobs), false)

  assert.equal((await rowsLeft(record))['jobs'], 2)
  assert.deepEqual(await given.files(), [])
})

test('each tenant has its turn, one process at a time, and goes on where it was', async () => {
  await using given = await setup()
  const { record, archiver } = given
  const other = await record.addTenant('other')

  const turns = await Promise.all([archiver.takeTurn(60_000), archiver.takeTurn(60_000), archiver.takeTurn(60_000)])
  const taken = turns.filter((turn) => turn !== undefined)
  while (taken.length < 2) taken.push((await archiver.takeTurn(60_000))!)

  assert.deepEqual(taken.map(({ tenantId }) => tenantId).toSorted(), [record.tenantId, other].toSorted())
  assert.equal(await archiver.takeTurn(60_000), undefined)
  const lookedTo = newId()
  await archiver.endTurn({ tenantId: other, lookedTo }, 0)
  assert.deepEqual(await archiver.takeTurn(60_000), { tenantId: other, lookedTo })
  await record.shiftClock(61_000)
  assert.ok(await archiver.takeTurn(60_000), 'whoever had it is gone')
})

test('where few of many may leave the next look begins behind them, and then with the oldest again', async () => {
  await using given = await setup()
  const { record, archiver } = given
  const jobs = await finishJobs(record, 3)
  const { tenantId, sql } = record
  await sql(
    `INSERT INTO jobs (tenant_id, id, workflow, version, state, revision, seq, steps, "values", priority, origin, actor, finished_at, seal)
     SELECT $1, overlay(first_id_of(stageline_now() - interval '5 hours')::text PLACING lpad(n::text, 12, '0') FROM 25)::uuid,
       'two-steps', 1, 'completed', 1, 1, '{}', '{}', 0.5, 'api', 'x', stageline_now() - interval '4 hours', 's'
     FROM generate_series(1, 2100) AS n`,
    [tenantId],
  )

  const first = await archiver.choose({ tenantId, lookedTo: null }, OLD)
  const second = await archiver.choose({ tenantId, lookedTo: first.lookedTo }, OLD)
  const bounded = await archiver.choose({ tenantId, lookedTo: first.lookedTo }, { ...OLD, most: 2 })

  assert.deepEqual(first.jobs, [], 'none of them has a history that was read')
  assert.ok(first.lookedTo! < jobs[0]!.id)
  assert.deepEqual([second.jobs.map(({ id }) => id), second.lookedTo], [jobs.map(({ id }) => id), null])
  assert.deepEqual([bounded.jobs.length, bounded.lookedTo], [2, null])
})

test('a month of history that all jobs have left is dropped, one that is not empty stays', async () => {
  await using given = await setup()
  const { record, archiver } = given
  const months = async () =>
    (
      await record.sql<{ name: string }>(
        `SELECT relname AS name FROM pg_class WHERE relispartition AND relkind = 'r' AND relname ~ '^history_\\d' ORDER BY 1`,
      )
    ).map(({ name }) => name)
  const now = await months()
  await record.shiftClock(-100 * 24 * HOUR)
  await record.sql('SELECT ensure_history_partitions(1)')
  const [old, next] = (await months()).filter((name) => !now.includes(name))
  await acceptJobs(record, 1)
  await record.shiftClock(100 * 24 * HOUR)

  assert.equal(await archiver.dropEmptyMonths(), 1)
  assert.deepEqual(
    (await months()).filter((name) => !now.includes(name)),
    [old],
  )
  assert.notEqual(old, next)
})

test('what is finished is weighed by the counters and a sample', async () => {
  await using given = await setup()
  const { record, archiver, leave } = given
  assert.deepEqual(await archiver.weigh(record.tenantId, true), { jobs: 0, bytesEach: null, sinceArchiveMs: null })
  await finishJobs(record, 30)

  const { jobs, bytesEach } = await archiver.weigh(record.tenantId, true)

  assert.equal(jobs, 30)
  const [exact] = await record.sql<{ bytes: number }>(
    `SELECT (${TABLES.map((name) => `(SELECT coalesce(sum(pg_column_size(t.*)), 0) FROM ${name} t)`).join(' + ')})::int AS bytes`,
  )
  assert.ok(Math.abs(bytesEach! * 30 - exact!.bytes) < exact!.bytes * 0.1, `${bytesEach} each, ${exact!.bytes} in all`)
  await leave()
  const after = await archiver.weigh(record.tenantId, false)
  assert.deepEqual([after.jobs, after.bytesEach], [0, null])
  assert.ok(after.sinceArchiveMs! < 10_000)
})
