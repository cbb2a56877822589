import { DuckDBInstance } from '@duckdb/node-api'
import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { post, query, untilBatchEnds, type Line } from './line.ts'

type Run = {
  state: string
  read: number
  submitted: number
  skipped: number
  refused: number
  routes: Record<string, number>
  faults: { position: string; detail: string }[]
  error: { code: string; message: string } | null
}
type Batch = { id: string; total: number; byState: Record<string, number>; run: Run }

/** A folder for sources, in which a DuckDB file may be written as a warehouse would be. */
async function warehouse() {
  const dir = await mkdtemp(join(tmpdir(), 'stageline-warehouse-'))
  const write = async (sql: string) => {
    const instance = await DuckDBInstance.create(join(dir, 'parts.duckdb'))
    const connection = await instance.connect()
    await connection.run(sql)
    connection.closeSync()
    instance.closeSync()
  }
  return { dir, write, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) }
}

const parts = (from: number, to: number, day: string) => `
  SELECT 'NXR-' || n AS part_number, CASE WHEN n % 2 = 0 THEN 'Nexar' END AS maker, 'RES ' || n || ' OHM 1% 0603' AS description,
    (n % 10) / 10.0 AS priority, TIMESTAMP '${day}' + INTERVAL (n) SECOND AS updated_at
  FROM range(${from}, ${to}) AS t(n)`

const SOURCE = {
  key: 'parts',
  from: { kind: 'duckdb', file: 'parts.duckdb', query: 'SELECT * FROM open_parts' },
  mapping: { 'record.mpn': 'part_number', 'record.manufacturer': 'maker', 'record.description': 'description' },
  keyColumn: 'part_number',
  priorityColumn: 'priority',
  markColumn: 'updated_at',
}

async function begin(line: Line, body: object, headers: Record<string, string> = {}): Promise<Batch> {
  const init = post(body)
  const answer = await line.call('/v1/batches', { ...init, headers: { ...init.headers, ...headers } })
  const batch = (await answer.json()) as Batch
  assert.ok([200, 202].includes(answer.status), JSON.stringify(batch))
  assert.equal(answer.headers.get('location'), `/v1/batches/${batch.id}`)
  return batch
}

async function untilRead(line: Line, id: string): Promise<Batch> {
  let batch: Batch | undefined
  await waitFor(
    async () => {
      batch = await line.json<Batch>(`/v1/batches/${id}`)
      return ['completed', 'failed', 'stopped'].includes(batch.run.state)
    },
    { timeoutMs: 120_000, message: `batch ${id} to be read (log: ${line.log})` },
  )
  return batch!
}

describe('a batch from a warehouse', () => {
  it('is previewed, decided, worked to its end, and the next one takes only what is new', async () => {
    await using store = await warehouse()
    await store.write(`CREATE TABLE open_parts AS ${parts(0, 40, '2026-01-01')}`)
    await using line = await startLine({ env: { STAGELINE_SOURCE_DIR: store.dir } })
    const saved = await line.call('/v1/sources/parts', { ...post(SOURCE), method: 'PUT' })
    assert.deepEqual([saved.status, saved.headers.get('etag')], [201, '"parts-1"'])

    const preview = await line.json<{ records: { businessKey: string; route: string; input: object }[] }>(
      '/v1/sources/parts:preview',
      post({ workflow: 'part' }),
    )
    assert.equal(preview.records.length, 20)
    assert.deepEqual(preview.records[0]?.input, {
      record: { mpn: 'NXR-0', manufacturer: 'Nexar', description: 'RES 0 OHM 1% 0603' },
    })

    const wanted = { source: 'parts', workflow: 'part', filter: { minPriority: 0.5 }, limit: 15 }
    const dry = await untilRead(line, (await begin(line, { ...wanted, dryRun: true })).id)
    assert.deepEqual([dry.run.submitted, dry.total], [15, 0])

    const headers = { 'idempotency-key': 'monday' }
    const first = await begin(line, wanted, headers)
    assert.equal((await begin(line, wanted, headers)).id, first.id)
    const read = await untilRead(line, first.id)
    assert.deepEqual([read.run.state, read.run.submitted, read.run.skipped], ['completed', 15, 15])
    const ended = await untilBatchEnds(line, first.id, 90_000)
    assert.equal(ended.total, 15)
    const routes = await query<{ route: string; n: number }>(
      line,
      'SELECT d.route, count(*)::int AS n FROM decisions d WHERE d.step IS NULL GROUP BY 1 ORDER BY 1',
    )
    assert.deepEqual(Object.fromEntries(routes.map(({ route, n }) => [route, n])), dry.run.routes)

    await store.write(`INSERT INTO open_parts ${parts(40, 50, '2026-02-01')}`)
    const rest = await untilRead(line, (await begin(line, { source: 'parts', workflow: 'part', force: 'person' })).id)
    assert.deepEqual([rest.run.read, rest.run.submitted], [20, 20])
    const nothing = await untilRead(line, (await begin(line, { source: 'parts', workflow: 'part' })).id)
    assert.deepEqual([nothing.run.state, nothing.run.read], ['completed', 0])
    assert.deepEqual((await untilBatchEnds(line, rest.id, 30_000)).byState, { suspended: 20 })
  })

  it('says what is wrong with a source, and how to mend it', async () => {
    await using store = await warehouse()
    await store.write(`CREATE TABLE open_parts AS ${parts(0, 3, '2026-01-01')}`)
    await using line = await startLine({ stages: [], env: { STAGELINE_SOURCE_DIR: store.dir } })
    const put = (about: object) => line.call('/v1/sources/parts', { ...post({ ...SOURCE, ...about }), method: 'PUT' })

    await put({ markColumn: 'nope' })
    const failed = await untilRead(line, (await begin(line, { source: 'parts', workflow: 'part' })).id)
    await put({ from: { kind: 'duckdb', file: '../x.duckdb' } })
    const preview = await line.call('/v1/sources/parts:preview', post({}))
    const problem = (await preview.json()) as { code: string; reason: string; detail: string }

    assert.deepEqual([failed.run.state, failed.run.error?.code], ['failed', 'source.column_missing'])
    assert.match(failed.run.error?.message ?? '', /no column "nope", only "part_number", "maker"/)
    assert.deepEqual([preview.status, problem.code, problem.reason], [422, 'source.failed', 'source.file_missing'])
  })
})

const ROWS = 6_000

describe('a killed orchestrator', () => {
  it('leaves its batches to the next one, with nothing doubled and nothing lost', async () => {
    await using store = await warehouse()
    await store.write(`CREATE TABLE open_parts AS ${parts(0, ROWS, '2026-01-01')}`)
    await using line = await startLine({ stages: [], env: { STAGELINE_SOURCE_DIR: store.dir } })
    await line.call('/v1/sources/parts', { ...post(SOURCE), method: 'PUT' })
    const form = new FormData()
    form.set('file', new Blob([`mpn\n${Array.from({ length: ROWS }, (_, n) => `UP-${n}\n`).join('')}`]), 'parts.csv')
    const marked = await begin(line, { source: 'parts', workflow: 'part' })
    const uploaded = await line.json<Batch>('/v1/batches:upload', { method: 'POST', body: form })
    const submitted = async (id: string) => (await line.json<Batch>(`/v1/batches/${id}`)).run.submitted
    await waitFor(async () => Math.min(await submitted(marked.id), await submitted(uploaded.id)) >= 400, {
      timeoutMs: 60_000,
      message: 'both batches to be under way',
    })

    await line.stop('orchestrator', 'SIGKILL')
    const halfWay = [await submitted(marked.id), await submitted(uploaded.id)]
    line.start('orchestrator')
    await query(line, `UPDATE clock_offset SET shift = shift + interval '21 s'`)
    const ended = [await untilRead(line, marked.id), await untilRead(line, uploaded.id)]

    assert.ok(
      halfWay.every((count) => count < ROWS),
      `too quick to be killed half-way: ${halfWay.join(' and ')}`,
    )
    assert.deepEqual(
      ended.map(({ run }) => [run.state, run.submitted, run.refused]),
      [
        ['completed', ROWS, 0],
        ['completed', ROWS, 0],
      ],
    )
    const stored = await query<{ batch_id: string; jobs: number; items: number }>(
      line,
      `SELECT j.batch_id, count(*)::int AS jobs, count(DISTINCT p.body->'record'->>'mpn')::int AS items
       FROM jobs j JOIN payloads p ON p.job_id = j.id AND p.seq = 1 GROUP BY 1`,
    )
    assert.deepEqual(
      stored.map(({ jobs, items }) => [jobs, items]),
      [
        [ROWS, ROWS],
        [ROWS, ROWS],
      ],
    )
  })
})
