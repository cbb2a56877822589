import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import {
  post,
  query,
  saveChain,
  submitMany,
  untilBatchEnds,
  untilState,
  type HistoryAnswer,
  type Line,
} from './line.ts'

type Job = { id: string; state: string; archivedAt: string | null; batchId: string; tags: string[] }
const LIMITS = { RETENTION_JOBS: '20', RETENTION_MIN_AGE: '60' }
const [ALL, LEAVING] = [150, 130]

describe('retention', () => {
  let line: Line
  let batchId: string
  let ids: string[]
  let input: unknown
  before(async () => {
    line = await startLine({ stages: [], scripted: { alpha: {} }, env: LIMITS })
    await saveChain(line, 'chain', ['alpha'])
    batchId = await submitMany(
      line,
      Array.from({ length: ALL }, (_, i) => ({ workflow: 'chain', tags: ['t'], input: { n: i } })),
    )
    await untilBatchEnds(line, batchId, 60_000)
    ids = (await query<{ id: string }>(line, 'SELECT id FROM jobs ORDER BY id')).map(({ id }) => id)
    input = await line.json(`/v1/jobs/${ids[3]}/input`)
  })
  after(() => line?.[Symbol.asyncDispose]())

  const admin = async () => {
    const client = new pg.Client({ connectionString: line.database.adminUrl })
    await client.connect()
    return client
  }
  const count = async (sql: string): Promise<number> => (await query<{ n: number }>(line, sql))[0]!.n
  const isSealed = async () => (await count('SELECT count(*)::int AS n FROM jobs WHERE seal IS NULL')) === 0
  const read = (id: string) => line.json<Job>(`/v1/jobs/${id}`)

  it('killed between file and commit it loses nothing; what leaves is found by id afterwards', async () => {
    await waitFor(isSealed, { timeoutMs: 20_000, message: 'the jobs to be sealed' })
    const other = await admin()
    // Whoever takes them out waits for this one, with the file on disk.
    await other.query('BEGIN')
    await other.query('SELECT FROM jobs WHERE id = $1 FOR UPDATE', [ids[0]])
    await query(line, `UPDATE clock_offset SET shift = shift + interval '1 hour'`)
    await waitFor(async () => (await count(`SELECT count(*)::int AS n FROM blobs WHERE file_name LIKE 'jobs-%'`)) > 0, {
      timeoutMs: 60_000,
      message: `a file to be written (log: ${line.log})`,
    })
    await line.stop('orchestrator', 'SIGKILL')
    await waitFor(
      async () =>
        (await count(
          `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE '%archive_jobs(%' AND wait_event_type = 'Lock'`,
        )) === 0,
      { timeoutMs: 10_000, message: 'what the killed process asked for to be given up' },
    )
    await other.query('ROLLBACK')
    await other.end()
    assert.equal(await count('SELECT count(*)::int AS n FROM jobs'), ALL)

    await query(line, `UPDATE clock_offset SET shift = shift + interval '2 minutes'`)
    line.start('orchestrator')
    line.start('orchestrator')
    await waitFor(async () => (await count('SELECT count(*)::int AS n FROM jobs')) === ALL - LEAVING, {
      timeoutMs: 90_000,
      message: `the oldest jobs to leave (log: ${line.log})`,
    })

    const jobs = await Promise.all(ids.map(read))
    assert.deepEqual(
      jobs.map(({ id, state, archivedAt }) => [id, state, archivedAt !== null]),
      ids.map((id, i) => [id, 'completed', i < LEAVING]),
    )
    assert.equal(await count('SELECT sum(cardinality(jobs))::int AS n FROM archives'), LEAVING)
  })

  it('a job that has left is told like one that has not', async () => {
    const [left, kept] = [ids[3]!, ids.at(-1)!]
    const parts = async (id: string) => {
      const { items } = await line.json<HistoryAnswer>(`/v1/jobs/${id}/history`)
      const { result } = await line.json<{ result: unknown }>(`/v1/jobs/${id}/result`)
      const { id: _id, archivedAt: _archivedAt, ...job } = await read(id)
      return { keys: Object.keys(job), events: items.map(({ event, path }) => [event, path]), result, tags: job.tags }
    }

    assert.deepEqual(await parts(left), await parts(kept))
    assert.deepEqual(await line.json(`/v1/jobs/${left}/input`), input)
    const { total, byState } = await line.json<{ total: number; byState: object }>(`/v1/batches/${batchId}`)
    assert.deepEqual([total, byState], [ALL, { completed: ALL }])
    const { items } = await line.json<{ items: unknown[] }>('/v1/jobs?limit=200')
    assert.equal(items.length, ALL - LEAVING)
  })

  it('a job that has left is replayed, and not changed', async () => {
    const refusal = await line.call(`/v1/jobs/${ids[0]}:cancel`, post({}))
    assert.deepEqual([refusal.status, ((await refusal.json()) as { reason: string }).reason], [409, 'job.archived'])

    const answer = await line.call(`/v1/jobs/${ids[0]}:retry`, post({}))
    assert.equal(answer.status, 202, await answer.clone().text())
    const { id } = (await answer.json()) as { id: string }
    await untilState(line, id, ['completed'])
    assert.equal((await line.json<{ replayOf: string }>(`/v1/jobs/${id}`)).replayOf, ids[0])
  })
})
