import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { it } from 'node:test'
import pg from 'pg'
import type { Line } from './line.ts'
import { post, submitMany, untilBatchEnds } from './line.ts'

const MANY = 3_000
const WORKFLOW = { key: 'one', steps: [{ key: 'a', stage: 'scripted' }] }

it('a database that is away for a while: the workers hold what they have, and go on when it is back', async () => {
  await using line = await startLine({ stages: [], scripted: { scripted: { bundle: 1, concurrency: 16 } } })
  const saved = await line.call('/v1/workflows/one', { ...post(WORKFLOW), method: 'PUT' })
  assert.equal(saved.status, 201, await saved.text())
  await line.stop('scripted')
  const job = { workflow: 'one', input: { script: { a: { slowMs: 20 } } } }
  const batch = await submitMany(
    line,
    Array.from({ length: MANY }, () => job),
  )
  // In a long backlog repair looks for a message every five minutes: too late to be of help here.
  await asOwner(line, `UPDATE messages SET looks = 10, check_at = stageline_now() + interval '5 min'`)

  line.start('scripted')
  await waitFor(async () => (await line.json<{ percent: number }>(`/v1/batches/${batch}`)).percent > 5, {
    timeoutMs: 30_000,
    message: 'some jobs to be done',
  })
  await refuseConnections(line)
  await waitFor(async () => (await outages(line)) > 0, { timeoutMs: 30_000, message: 'the worker to notice' })
  const left = await unfinished(line)
  await acceptConnections(line)
  const ended = await untilBatchEnds(line, batch, 60_000)

  assert.ok(left > 100, `${left} jobs were unfinished when the database went away`)
  assert.equal(ended.byState['completed'], MANY)
})

/** As a server that has no connection left; the owner is let in all the same. */
async function refuseConnections(line: Line): Promise<void> {
  await asOwner(line, `ALTER DATABASE ${databaseOf(line)} CONNECTION LIMIT 0`)
  await asOwner(
    line,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'worker'`,
  )
}

const acceptConnections = (line: Line) => asOwner(line, `ALTER DATABASE ${databaseOf(line)} CONNECTION LIMIT -1`)

const databaseOf = (line: Line): string => new URL(line.database.adminUrl).pathname.slice(1)

/** How often the worker told that the database is away. */
async function outages(line: Line): Promise<number> {
  const lines = (await readFile(line.log, 'utf8')).split('\n')
  return lines.filter((one) => one.includes('"service":"scripted"') && one.includes('"code":"store.unavailable"'))
    .length
}

async function unfinished(line: Line): Promise<number> {
  const [row] = await asOwner<{ n: number }>(line, 'SELECT count(*)::int AS n FROM jobs WHERE finished_at IS NULL')
  return row!.n
}

async function asOwner<Row extends object>(line: Line, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: line.database.adminUrl })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}
