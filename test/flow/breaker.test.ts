import { startHttpSink, startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { BatchAnswer, Line } from './line.ts'
import { post, query, submitMany, untilBatchEnds } from './line.ts'

type StageAnswer = {
  paused: boolean
  limited: { until: string; code: string } | null
  limit: { max: number; perMs: number } | null
  breaker: { state: string; code: string | null; by: string | null; times: number }
}

/** Two worker processes of a stage that calls the sink once a step, and a workflow of that one step. */
async function startTwo(env: NodeJS.ProcessEnv, settings: object = { bundle: 1, callsOut: true }): Promise<Line> {
  const line = await startLine({ stages: [], scripted: { calls: settings }, env })
  await line.call('/v1/workflows/calls', {
    ...post({ key: 'calls', steps: [{ key: 'a', stage: 'calls' }] }),
    method: 'PUT',
  })
  line.start('calls')
  const staffed = async () => (await line.json<{ workers: number }>('/v1/stages/calls/scale')).workers === 2
  await waitFor(staffed, { timeoutMs: 30_000, message: `two workers (log: ${line.log})` })
  return line
}

const submit = (line: Line, count: number, sink: string, script: object = {}): Promise<string> =>
  submitMany(
    line,
    Array.from({ length: count }, () => ({ workflow: 'calls', input: { sink, script } })),
  )

const stageOf = async (line: Line): Promise<StageAnswer> =>
  (await line.json<{ items: (StageAnswer & { stage: string })[] }>('/v1/stages')).items.find(
    ({ stage }) => stage === 'calls',
  )!

const doneOf = async (line: Line, batch: string): Promise<number> =>
  (await line.json<BatchAnswer>(`/v1/batches/${batch}`)).byState['completed'] ?? 0

const attemptsOf = async (line: Line): Promise<number[]> =>
  (await query<{ n: number }>(line, `SELECT DISTINCT (steps -> 'a' ->> 'a')::int AS n FROM jobs`)).map(({ n }) => n)

const failedOf = async (line: Line): Promise<number> =>
  (await query<{ n: number }>(line, `SELECT count(*)::int AS n FROM jobs WHERE state = 'waiting'`))[0]!.n

/** Which processes wrote a line with this message. */
const tellers = (line: Line, msg: string): number[] =>
  readFileSync(line.log, 'utf8')
    .split('\n')
    .filter((text) => text.includes(`"msg":"${msg}"`))
    .map((text) => (JSON.parse(text) as { pid: number }).pid)

suite('what holds a stage', () => {
  test('a dependency that is down uses up no attempt and loses no job, and all go on by themselves when it is back', async () => {
    let isDown = false
    await using sink = await startHttpSink({ answer: () => ({ status: isDown ? 503 : 204 }) })
    const breaker = { STAGELINE_BREAKER_BASE_MS: '1000', STAGELINE_BREAKER_MAX_MS: '2000' }
    await using line = await startTwo(breaker)
    const batch = await submit(line, 200, sink.url, { a: { slowMs: 40 } })
    await waitFor(async () => (await doneOf(line, batch)) > 20, { timeoutMs: 30_000, message: 'some jobs to be done' })

    isDown = true
    const wentDown = performance.now()
    await waitFor(async () => (await stageOf(line)).breaker.state !== 'closed', { timeoutMs: 5_000 })
    const opened = await stageOf(line)
    await waitFor(() => performance.now() - wentDown > 8_000, { timeoutMs: 10_000 })
    const before = await doneOf(line, batch)
    isDown = false
    const cameBack = performance.now()
    const ended = await untilBatchEnds(line, batch, 30_000)

    const outage = sink.times.filter((at) => at > wentDown + 1_000 && at < cameBack)
    const firstAfter = sink.times.find((at) => at >= cameBack)!
    assert.deepEqual([opened.breaker.code, opened.breaker.times], ['scripted.system', 1])
    assert.ok(before < 200, `${before} were done before it came back`)
    // One each 1 to 2.4 s; the second that is left out is that in which both workers had steps in hand.
    assert.ok(outage.length >= 2 && outage.length <= 8, `${outage.length} calls while it was down`)
    assert.ok(firstAfter - cameBack < 4_500, `the first call came ${firstAfter - cameBack} ms after it was back`)
    assert.equal(ended.byState['completed'], 200)
    assert.deepEqual(await attemptsOf(line), [1])
    assert.equal((await stageOf(line)).breaker.state, 'closed')
    assert.equal(tellers(line, 'breaker opened').length, 1, 'one alert')
  })

  test('Retry-After is kept to the second by every worker, and nothing is called before', async () => {
    let refusedAt = Number.POSITIVE_INFINITY
    let refuses = false
    await using sink = await startHttpSink({
      answer: () => {
        if (!refuses) return { status: 204 }
        refusedAt = Math.min(refusedAt, performance.now())
        return { status: 429, headers: { 'retry-after': '3' } }
      },
    })
    await using line = await startTwo({})
    const batch = await submit(line, 300, sink.url, { a: { slowMs: 20 } })
    await waitFor(async () => (await doneOf(line, batch)) > 10, { timeoutMs: 30_000, message: 'some jobs to be done' })

    refuses = true
    await waitFor(() => refusedAt < Number.POSITIVE_INFINITY, { timeoutMs: 5_000 })
    await waitFor(async () => (await stageOf(line)).limited !== null, { timeoutMs: 2_000 })
    refuses = false
    const ended = await untilBatchEnds(line, batch, 30_000)

    const after = sink.times.filter((at) => at > refusedAt).map((at) => at - refusedAt)
    // What both workers had in hand when the refusal came: a step lasts 20 ms before it calls.
    const late = after.filter((ms) => ms > 500 && ms < 3_000)
    const resumed = after.find((ms) => ms >= 3_000)!
    assert.deepEqual(late, [])
    assert.ok(resumed < 4_000, `it went on ${resumed} ms after the refusal`)
    assert.equal(ended.byState['completed'], 300)
    assert.deepEqual(await attemptsOf(line), [1])
  })

  test('a pace that is set holds for all workers together', async () => {
    await using sink = await startHttpSink()
    await using line = await startTwo({ STAGELINE_LIMIT: '5/500ms' }, { bundle: 100 })

    const batch = await submit(line, 40, sink.url)
    const ended = await untilBatchEnds(line, batch, 30_000)

    const busiest = sink.times.map((from) => sink.times.filter((at) => at >= from && at < from + 450).length)
    assert.equal(ended.byState['completed'], 40)
    assert.ok(Math.max(...busiest) <= 10, `${Math.max(...busiest)} calls in less than 500 ms`)
    assert.ok(sink.times.at(-1)! - sink.times[0]! >= 3_000, 'forty calls at five each half second')
    assert.deepEqual((await stageOf(line)).limit, { max: 5, perMs: 500 })
  })

  test('a pause with an end is over by itself, and a person closes a breaker by hand', async () => {
    let isDown = true
    await using sink = await startHttpSink({ answer: () => ({ status: isDown ? 503 : 204 }) })
    await using line = await startTwo({ STAGELINE_BREAKER_BASE_MS: '600000', STAGELINE_BREAKER_MAX_MS: '600000' })
    const until = new Date(Date.now() + 5_000).toISOString()
    const paused = await line.json<StageAnswer>('/v1/stages/calls:pause', post({ reason: 'A look', until }))
    // A worker that misses the hint sees the row within a second.
    await setTimeout(1_500)
    const batch = await submit(line, 5, sink.url)

    await waitFor(async () => (await stageOf(line)).breaker.state === 'open', { timeoutMs: 10_000 })
    const begun = Date.now()
    // The other worker may have a call in hand, whose failure would open the breaker again.
    await waitFor(async () => (await failedOf(line)) === sink.times.length, { timeoutMs: 5_000 })
    isDown = false
    const resumed = await line.json<StageAnswer>('/v1/stages/calls:resume', post({ reason: 'It is back' }))
    const ended = await untilBatchEnds(line, batch, 10_000)

    assert.equal(paused.paused, true)
    assert.ok(begun >= Date.parse(until), 'nothing began during the pause')
    assert.deepEqual([resumed.breaker.state, resumed.breaker.by], ['closed', 'test'])
    assert.equal(ended.byState['completed'], 5)
  })
})
