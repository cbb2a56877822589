import { startHttpSink, startLine, startRedisCluster, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { query, saveChain, submit, submitMany, untilBatchEnds, type Line } from '../line.ts'

const PREFIX = 'on-cluster'
const JOBS = 60

describe('on a cluster of three primaries', () => {
  const stack = new AsyncDisposableStack()
  let redis: Awaited<ReturnType<typeof startRedisCluster>>
  let line: Line
  /** One stage for each primary, by the node that holds its queue. */
  let stages: string[]
  before(async () => {
    redis = stack.use(await startRedisCluster())
    stages = await stageForEachPrimary()
    const scripted = Object.fromEntries(stages.map((stage) => [stage, { callsOut: true, bundle: 10 }]))
    line = stack.use(await startLine({ stages: [], scripted, redisUrl: redis.url, prefix: PREFIX }))
    await saveChain(line, 'through-all', stages.toReversed())
    for (const stage of stages) await saveChain(line, stage, [stage])
  })
  after(() => stack.disposeAsync())

  it('jobs go through queues on all of them, and people see queues and open reviews', async () => {
    const batch = await submitMany(line, jobs('through-all'))
    await submit(line, { workflow: 'through-all', input: { script: { [stages[0]!]: { fail: 'data' } } } })

    const { byState } = await untilBatchEnds(line, batch, 30_000)

    assert.equal(byState['completed'], JOBS)
    const board = () => line.json<Board>('/queues/api/queues')
    const counted = async () => {
      const { queues } = await board()
      return (
        queues.find(({ name }) => name === 'manual-review')?.counts['waiting'] === 1 &&
        stages.every((stage) => queues.some(({ name, counts }) => name === stage && counts['completed']! > 0))
      )
    }
    await waitFor(counted, { timeoutMs: 15_000, message: 'Bull Board to show the queues of all nodes' })
  })

  it('a primary that is away holds up its own queue only; back without its data it gets that sent again, and no other', async (t) => {
    for (const stage of stages) await line.stop(stage)
    const batches = []
    for (const stage of stages) batches.push(await submitMany(line, jobs(stage)))
    const sent = await Promise.all(stages.map(messagesOf))

    await redis.primaries[1]!.kill()
    const awayAt = performance.now()
    line.start(stages[0]!)
    await untilBatchEnds(line, batches[0]!, 40_000)
    t.diagnostic(`${JOBS} jobs elsewhere ended ${Math.round(performance.now() - awayAt)} ms after a worker was started`)
    await redis.primaries[1]!.wipe()
    await redis.primaries[1]!.start()
    const backAt = performance.now()
    const resent = async () => (await messagesOf(stages[1]!)).isDisjointFrom(sent[1]!)
    await waitFor(resent, { timeoutMs: 20_000, message: 'the messages of the lost queue to be sent again' })

    t.diagnostic(`all ${JOBS} messages sent again ${Math.round(performance.now() - backAt)} ms after the node was back`)
    assert.deepEqual(await messagesOf(stages[2]!), sent[2])
    for (const stage of stages.slice(1)) line.start(stage)
    for (const batch of batches) await untilBatchEnds(line, batch, 60_000)
    await assertNothingDoubled()
  })

  it('a primary that freezes under load is replaced by its replica, and everything ends', async (t) => {
    await using sink = await startHttpSink()
    const batch = await submitMany(
      line,
      jobs('through-all', { sink: sink.url, script: { [stages[1]!]: { slowMs: 300 } } }),
    )
    await waitFor(() => sink.calls.size > 20, { timeoutMs: 30_000, message: 'some calls to be made' })
    const frozenAt = performance.now()

    redis.primaries[0]!.freeze()

    await waitFor(async () => /role:master/.test(await redis.replica.ask('INFO replication')), {
      timeoutMs: 20_000,
      message: 'the replica to take over',
    })
    const failedOverAt = performance.now()
    await untilBatchEnds(line, batch, 60_000)
    t.diagnostic(
      `failover after ${Math.round(failedOverAt - frozenAt)} ms, ` +
        `all ${JOBS} jobs ended ${Math.round(performance.now() - failedOverAt)} ms later`,
    )
    assert.equal(sink.calls.size, JOBS * stages.length, 'one key for each step')
    await assertNothingDoubled()
  })

  async function stageForEachPrimary(): Promise<string[]> {
    const found: string[] = []
    for (let n = 1; Object.keys(found).length < redis.primaries.length; n += 1) {
      const home = await redis.homeOf(`{${PREFIX}:stage${n}}`)
      found[home] ??= `stage${n}`
    }
    return found
  }

  /** The ids of the messages that the record waits for. */
  async function messagesOf(workflow: string): Promise<Set<string>> {
    const rows = await query<{ message: string }>(
      line,
      `SELECT steps -> '${workflow}' ->> 'm' AS message FROM jobs WHERE workflow = '${workflow}'`,
    )
    return new Set(rows.map(({ message }) => message))
  }

  async function assertNothingDoubled(): Promise<void> {
    const doubled = await query(
      line,
      `SELECT 1 FROM history WHERE path @> '{completed}' GROUP BY job_id, step HAVING count(*) > 1`,
    )
    assert.deepEqual(doubled, [])
  }
})

type Board = { queues: { name: string; counts: Record<string, number> }[] }

const jobs = (workflow: string, input: object = {}): object[] =>
  Array.from({ length: JOBS }, () => ({ workflow, input }))
