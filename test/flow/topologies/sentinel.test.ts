import { startHttpSink, startLine, startRedisSentinel, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { post, query, submitMany, untilBatchEnds, type Line } from '../line.ts'

const JOBS = 200
const CALLING = {
  key: 'calling',
  steps: ['one', 'two', 'three'].map((key, i, all) => ({
    key,
    stage: 'scripted',
    dependsOn: i === 0 ? [] : [all[i - 1]!],
  })),
}

describe('under Sentinel, with the primary lost under load', () => {
  const stack = new AsyncDisposableStack()
  let redis: Awaited<ReturnType<typeof startRedisSentinel>>
  let sink: Awaited<ReturnType<typeof startHttpSink>>
  let line: Line
  before(async () => {
    redis = stack.use(await startRedisSentinel())
    sink = stack.use(await startHttpSink())
    const scripted = { scripted: { callsOut: true, bundle: 10 } }
    line = stack.use(await startLine({ stages: [], scripted, redisUrl: redis.url }))
    const saved = await line.call('/v1/workflows/calling', { ...post(CALLING), method: 'PUT' })
    assert.equal(saved.status, 201, await saved.text())
  })
  after(() => stack.disposeAsync())

  it('to a kill: a replica takes over, workers fetch again by themselves, each step is done once', async (t) => {
    await untilAllEndsInSpiteOf((primary) => primary.kill(), t)
  })

  it('to a freeze, which closes no connection: the same', async (t) => {
    await untilAllEndsInSpiteOf(async (primary) => primary.freeze(), t)
  })

  async function untilAllEndsInSpiteOf(
    lose: (primary: Awaited<ReturnType<typeof redis.primary>>) => Promise<void>,
    t: { diagnostic(message: string): void },
  ) {
    const calledBefore = sink.calls.size
    const primary = await redis.primary()
    const batch = await submitMany(
      line,
      Array.from({ length: JOBS }, () => ({
        workflow: 'calling',
        input: { sink: sink.url, script: { two: { slowMs: 20 } } },
      })),
    )
    await waitFor(() => sink.calls.size > calledBefore + 60, { timeoutMs: 30_000, message: 'some calls to be made' })
    const lostAt = performance.now()

    await lose(primary)

    await waitFor(async () => (await redis.primary()) !== primary, { timeoutMs: 20_000, message: 'a failover' })
    const failedOverAt = performance.now()
    const seen = sink.calls.size
    await waitFor(() => sink.calls.size > seen, { timeoutMs: 30_000, message: 'workers to go on' })
    const wentOnAt = performance.now()
    await untilBatchEnds(line, batch, 60_000)
    const s = (from: number, to: number) => ((to - from) / 1_000).toFixed(1)
    t.diagnostic(
      `failover seen after ${s(lostAt, failedOverAt)} s, workers went on ${s(failedOverAt, wentOnAt)} s later, ` +
        `all ${JOBS} jobs ended ${s(failedOverAt, performance.now())} s after the failover`,
    )
    assert.equal(sink.calls.size - calledBefore, JOBS * CALLING.steps.length, 'one key for each step')
    const doubled = await query(
      line,
      `SELECT 1 FROM history WHERE path @> '{completed}' GROUP BY job_id, step HAVING count(*) > 1`,
    )
    assert.deepEqual(doubled, [])
  }
})
