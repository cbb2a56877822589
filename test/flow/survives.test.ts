import { startLine, startHttpSink, startTestRedis, waitFor } from '@stageline/testkit'
import { Redis } from 'ioredis'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Line } from './line.ts'
import { partRecord, post, query, submit, submitMany, untilBatchEnds } from './line.ts'

const MANY = 500

/** Four steps in a row on one scripted stage, each calling the sink. */
const CALLING = {
  key: 'calling',
  steps: ['one', 'two', 'three', 'four'].map((key, i, all) => ({
    key,
    stage: 'scripted',
    dependsOn: i === 0 ? [] : [all[i - 1]!],
  })),
}

describe('the line survives', () => {
  it('a stage that is down while work comes in: all of it ends when the stage is back', async () => {
    await using line = await startLine()
    await line.stop('extraction')

    const batch = await submitMany(
      line,
      Array.from({ length: MANY }, (_, n) => partRecord(n)),
    )
    line.start('extraction')
    const ended = await untilBatchEnds(line, batch, 60_000)

    assert.equal(ended.total, MANY)
    assert.equal(ended.percent, 100)
    await assertOneCompletionPerStep(line, MANY)
  })

  it('a flush of Redis in the middle: all of it ends, and manual-review shows every open task again', async () => {
    await using redis = await startTestRedis()
    await using line = await startLine({ redisUrl: redis.url })
    const waiting = await Promise.all([1, 2, 3].map((n) => submit(line, { ...partRecord(n), force: 'person' })))
    const batch = await submitMany(
      line,
      Array.from({ length: MANY }, (_, n) => partRecord(n)),
    )
    using client = connection(redis.url)
    await waitFor(async () => (await completedSteps(line)) > 100, {
      timeoutMs: 30_000,
      message: 'some steps to be done',
    })

    await client.redis.flushall()

    const listed = async () =>
      (await client.redis.lrange(`{${line.prefix}:manual-review}:manual-review:wait`, 0, -1)).length
    await waitFor(async () => (await listed()) >= waiting.length, {
      timeoutMs: 10_000,
      message: 'the review queue to be whole again',
    })
    await untilBatchEnds(line, batch, 60_000)
    await assertOneCompletionPerStep(line, MANY)
    const open = await openTasks(line)
    await waitFor(async () => (await listed()) === open, {
      timeoutMs: 10_000,
      message: 'the review queue to equal the open tasks',
    })
  })

  it('killed workers: each step calls outside under one key and is completed once', async () => {
    await using sink = await startHttpSink()
    await using line = await startLine({ stages: [], scripted: { scripted: { callsOut: true, bundle: 20 } } })
    const saved = await line.call('/v1/workflows/calling', { ...post(CALLING), method: 'PUT' })
    assert.equal(saved.status, 201, await saved.text())

    const batch = await submitMany(
      line,
      Array.from({ length: 100 }, () => ({ workflow: 'calling', input: { sink: sink.url } })),
    )
    await waitFor(() => sink.calls.size > 30, { timeoutMs: 30_000, message: 'some calls to have been made' })
    await line.stop('scripted', 'SIGKILL')
    line.start('scripted')
    await untilBatchEnds(line, batch, 60_000)

    assert.equal(sink.calls.size, 400, 'one key for each step')
    await assertOneCompletionPerStep(line, 100)
  })
})

async function assertOneCompletionPerStep(line: Line, atLeastJobs: number): Promise<void> {
  const rows = await query<{ job_id: string; step: string; n: number }>(
    line,
    `SELECT job_id, step, count(*)::int AS n FROM history WHERE path @> '{completed}' GROUP BY 1, 2`,
  )
  assert.deepEqual(
    rows.filter(({ n }) => n !== 1),
    [],
  )
  assert.ok(rows.length >= atLeastJobs * 4, `${rows.length} completed steps`)
}

const completedSteps = async (line: Line): Promise<number> =>
  (await query<{ n: number }>(line, `SELECT count(*)::int AS n FROM history WHERE path @> '{completed}'`))[0]!.n

const openTasks = async (line: Line): Promise<number> =>
  (
    await query<{ n: number }>(
      line,
      `SELECT count(*)::int AS n FROM tasks WHERE state IN ('new', 'in_progress', 'blocked')`,
    )
  )[0]!.n

const connection = (url: string) => {
  const redis = new Redis(url)
  return { redis, [Symbol.dispose]: () => redis.disconnect() }
}
