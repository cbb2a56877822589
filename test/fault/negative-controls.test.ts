/**
 * A checker that cannot fail proves nothing. The same line under the same faults: whole it keeps every promise; without
 * its compare-and-set the checker must see double effects, without its repair stuck jobs.
 */
import { newId } from '@stageline/domain'
import { createStageQueue, openRedis } from '@stageline/queue'
import { startLine, startTestRedis, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { checkRecord } from './check/check-record.ts'
import { reportOf } from './check/report.ts'
import type { Line } from '../flow/line.ts'
import { post, submit, submitMany, untilState } from '../flow/line.ts'
import { REWROTE } from './negative-controls/rewrite-source.ts'

const JOBS = 40
const BUNDLE = 5
const STILL_MS = 2_500
const WORKFLOW = {
  key: 'controlled',
  steps: [
    { key: 'one', stage: 'scripted', dependsOn: [] },
    { key: 'two', stage: 'scripted', dependsOn: ['one'] },
  ],
}
/** Too short for a claim: the compare-and-set alone decides. */
const SLOW_MS = 150
const SLOW = { script: { one: { slowMs: SLOW_MS }, two: { slowMs: SLOW_MS } } }

describe('the checker and the line', () => {
  it('whole: doubled deliveries and a flush of Redis break nothing', async () => {
    await using control = await startControl()

    await control.deliverTwice()
    await control.untilDone()
    await control.loseMessages()
    await control.untilDone()

    const report = await control.report()
    assert.equal(report.accepted, 2 * JOBS + 1)
    assert.deepEqual(
      report.invariants.filter(({ holds }) => !holds),
      [],
    )
  })

  it('without the compare-and-set: doubled deliveries have double effects, and the checker says so', async () => {
    await using control = await startControl('without-compare-and-set')
    // The last guard of the record: with it a second effect finds its place in the history taken.
    await control.sql('ALTER TABLE history DROP CONSTRAINT history_pkey')

    await control.deliverTwice()
    await control.untilStill()

    const { doubled, invariants } = await control.report()
    assert.ok(doubled > 0, JSON.stringify(invariants, null, 1))
  })

  it('without the repair: a flush of Redis leaves jobs stuck, and the checker says so', async () => {
    await using control = await startControl('without-repair')

    await control.loseMessages()
    await control.untilStill()

    const { stuck, doubled, lost } = await control.report()
    assert.deepEqual({ stuck, doubled, lost }, { stuck: JOBS, doubled: 0, lost: 0 })
  })
})

/** A line of two worker processes, whole or with a part cut out, and what can befall it. */
async function startControl(mutation?: 'without-compare-and-set' | 'without-repair') {
  const stack = new AsyncDisposableStack()
  const redis = stack.use(await startTestRedis())
  const preload = mutation && { NODE_OPTIONS: `--import=${import.meta.resolve(`./negative-controls/${mutation}.ts`)}` }
  const line = stack.use(
    await startLine({
      redisUrl: redis.url,
      stages: [],
      scripted: { scripted: { bundle: BUNDLE } },
      env: { WORKFLOW_NUM_WORKERS: String(JOBS / BUNDLE), ...preload },
    }),
  )
  const within = (what: string) => ({ timeoutMs: 30_000, message: `${what} (log: ${line.log})` })
  const mutated = async () => (await readFile(line.log, 'utf8')).includes(REWROTE)
  if (mutation) await waitFor(mutated, within('a mutated process'))
  await line.call('/v1/workflows/controlled', { ...post(WORKFLOW), method: 'PUT' })
  const [client, holder] = [await connect(line), await connect(line)]
  stack.defer(async () => void (await Promise.all([client.end(), holder.end()])))
  const connection = openRedis(redis.url, 'worker', 'test', () => undefined)
  stack.defer(() => connection.disconnect())
  const queue = stack.use(createStageQueue({ redis: connection, prefix: line.prefix, onError: () => undefined }))
  const sql = async <Row extends pg.QueryResultRow>(text: string): Promise<Row[]> =>
    (await client.query<Row>(text)).rows
  const job = { workflow: WORKFLOW.key, input: SLOW }

  const submitWithoutWorkers = async () => {
    await line.stop('scripted')
    await submitMany(
      line,
      Array.from({ length: JOBS }, () => job),
    )
  }
  const startWorkers = () => void [line.start('scripted'), line.start('scripted')]
  const progress = async () => (await sql<{ open: number; entries: number }>(PROGRESS))[0]!

  return {
    sql,
    /**
     * Each message is there twice, as after a stall or a repair that came too soon. Nobody can write until both workers
     * have read the rows: one has the messages, the other the copies.
     */
    deliverTwice: async () => {
      await submitWithoutWorkers()
      const rows = await sql<{ tenantId: string; steps: [string, string, number][] }>(WAITING)
      const about = { stage: 'scripted', workflow: WORKFLOW.key }
      await queue.send(rows.map(({ tenantId, steps }) => ({ ...about, tenantId, steps, id: newId() })))
      await holder.query('BEGIN; LOCK TABLE jobs IN EXCLUSIVE MODE')
      startWorkers()
      // As many messages as one of them takes at once are the copies: once all are taken, each has its half.
      const inHand = async () => (await queue.fetchable('scripted')) === 0 && (await sql(BLOCKED)).length > 1
      await waitFor(inHand, within('both workers to have outcomes in hand'))
      await delay(2 * SLOW_MS)
      await holder.query('COMMIT')
    },
    /** All that waits is gone; one job more shows that the workers work again. */
    loseMessages: async () => {
      await submitWithoutWorkers()
      await connection.flushall()
      startWorkers()
      await untilState(line, await submit(line, job), ['completed'])
    },
    untilDone: () => waitFor(async () => (await progress()).open === 0, within('all jobs to be final')),
    untilStill: async () => {
      let [entries, since] = [-1, performance.now()]
      const still = async () => {
        const now = await progress()
        if (now.entries !== entries) [entries, since] = [now.entries, performance.now()]
        return performance.now() - since > STILL_MS
      }
      await waitFor(still, within('the line to come to rest'))
    },
    report: async () => {
      const queues = { url: redis.url, prefix: line.prefix }
      return reportOf(await checkRecord({ databaseUrl: line.database.adminUrl, redis: queues }))
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

async function connect(line: Line): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: line.database.adminUrl })
  await client.connect()
  return client
}

const WAITING = `
  SELECT j.tenant_id AS "tenantId", json_agg(json_build_array(j.id, s.key, (s.value ->> 'f')::integer)) AS steps
  FROM jobs j CROSS JOIN LATERAL jsonb_each(j.steps) AS s WHERE s.value ->> 's' = 'queued' GROUP BY j.tenant_id, s.value ->> 'm'`

const PROGRESS = `SELECT (SELECT count(*)::integer FROM jobs WHERE finished_at IS NULL) AS open, (SELECT count(*)::integer FROM history) AS entries`

const BLOCKED = `SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND application_name LIKE 'stageline-scripted%' AND wait_event_type = 'Lock'`
