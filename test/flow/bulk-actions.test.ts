import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { partRecord, post, query, saveChain, submitMany, untilBatchEnds, type Line } from './line.ts'

type BulkAction = {
  id: string
  state: string
  total: number
  done: number
  skipped: number
  failed: number
  reasons: Record<string, number>
}
type Count = { count: number; isExact: boolean; sample: { id: string }[] }
type BulkLine = { jobId: string; outcome: string; code: string | null }

const FAILING = { script: { work: { fail: 'data', times: 1 } } }
const failing = (n: number, tag: string) => ({
  workflow: 'chain',
  input: FAILING,
  tags: [tag],
  businessKey: `${tag}-${n}`,
})

async function begin(
  line: Line,
  kind: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<BulkAction> {
  const init = post(body)
  const answer = await line.call(`/v1/jobs:${kind}`, { ...init, headers: { ...init.headers, ...headers } })
  const action = (await answer.json()) as BulkAction
  assert.equal(answer.status, 202, JSON.stringify(action))
  assert.equal(answer.headers.get('location'), `/v1/bulk-actions/${action.id}`)
  return action
}

const look = (line: Line, id: string) => line.json<BulkAction>(`/v1/bulk-actions/${id}`)

async function untilEnded(line: Line, id: string): Promise<BulkAction> {
  let action: BulkAction | undefined
  await waitFor(
    async () => {
      action = await look(line, id)
      return ['completed', 'failed', 'stopped'].includes(action.state)
    },
    { timeoutMs: 120_000, message: `bulk action ${id} to end (log: ${line.log})` },
  )
  return action!
}

async function resultOf(line: Line, id: string): Promise<BulkLine[]> {
  const text = await (await line.call(`/v1/bulk-actions/${id}/result`)).text()
  return text
    .split('\n')
    .filter(Boolean)
    .map((one) => JSON.parse(one) as BulkLine)
}

const count = (line: Line, sql: string) =>
  query<{ n: number }>(line, `SELECT count(*)::int AS n ${sql}`).then(([row]) => row!.n)

describe('what is done to many jobs at once', () => {
  it('is counted first, then done to each job that fits and to no other, with a result file', async () => {
    await using line = await startLine({ stages: [], scripted: { work: {} } })
    await saveChain(line, 'chain', ['work'])
    const monday = await submitMany(
      line,
      Array.from({ length: 250 }, (_, n) => failing(n, 'monday')),
    )
    const tuesday = await submitMany(
      line,
      Array.from({ length: 30 }, (_, n) => failing(n, 'tuesday')),
    )
    await untilBatchEnds(line, monday, 60_000)
    await untilBatchEnds(line, tuesday, 60_000)
    const filter = { tag: 'monday', errorCode: 'scripted.data', source: undefined }

    const dry = await line.json<Count>('/v1/jobs:retry', post({ filter, dryRun: true }))
    assert.deepEqual([dry.count, dry.isExact, dry.sample.length], [250, true, 20])
    assert.equal(
      (await line.json<Count>('/v1/jobs:retry', post({ filter: { errorCode: 'x.y' }, dryRun: true }))).count,
      0,
    )

    const headers = { 'idempotency-key': 'once' }
    const retried = await begin(line, 'retry', { filter, reason: 'The scan is better now' }, headers)
    assert.equal((await begin(line, 'retry', { filter, reason: 'The scan is better now' }, headers)).id, retried.id)
    const ended = await untilEnded(line, retried.id)

    assert.deepEqual([ended.state, ended.total, ended.done, ended.failed], ['completed', 250, 250, 0])
    await waitFor(async () => (await count(line, `FROM jobs WHERE state = 'suspended'`)) === 280, {
      timeoutMs: 30_000,
      message: 'the jobs to fail again: a retry begins a new budget',
    })
    const events = await query<{ actor: string; reason: string; data: { bulkAction: string }; n: number }>(
      line,
      `SELECT h.actor, h.reason, h.data, count(DISTINCT h.job_id)::int AS n FROM history h JOIN jobs j ON j.id = h.job_id
       WHERE h.event = 'retried' AND 'monday' = ANY (j.tags) GROUP BY 1, 2, 3`,
    )
    assert.deepEqual(events, [
      { actor: 'test', reason: 'The scan is better now', data: { bulkAction: retried.id }, n: 250 },
    ])
    assert.equal(await count(line, `FROM history WHERE event = 'retried'`), 250)
    const lines = await resultOf(line, retried.id)
    assert.deepEqual([lines.length, new Set(lines.map(({ jobId }) => jobId)).size], [250, 250])
    assert.ok(lines.every(({ outcome }) => outcome === 'done'))

    const cancelled = await untilEnded(line, (await begin(line, 'cancel', { filter: { batch: tuesday } })).id)
    assert.deepEqual([cancelled.total, cancelled.done], [30, 30])
    assert.equal(await count(line, `FROM jobs WHERE state = 'cancelled'`), 30)
    assert.equal(await count(line, `FROM tasks WHERE state IN ('new', 'in_progress', 'blocked')`), 250)
  })
})

const MANY = 6_000

describe('a killed orchestrator', () => {
  it('leaves what is done to many jobs to the next one, with nothing done twice and nothing left out', async () => {
    await using line = await startLine({ stages: [] })
    for (let from = 0; from < MANY; from += 3_000)
      await submitMany(
        line,
        Array.from({ length: 3_000 }, (_, n) => ({ ...partRecord(from + n), force: 'automation' })),
      )
    const suspended = await begin(line, 'suspend', { filter: { workflow: 'part' }, reason: 'Wait for the new model' })
    await waitFor(async () => (await look(line, suspended.id)).done >= 800, {
      timeoutMs: 60_000,
      message: 'it to be under way',
    })

    await line.stop('orchestrator', 'SIGKILL')
    const halfWay = await look(line, suspended.id)
    line.start('orchestrator')
    await query(line, `UPDATE clock_offset SET shift = shift + interval '21 s'`)
    const ended = await untilEnded(line, suspended.id)

    assert.ok(halfWay.done < MANY, `too quick to be killed half-way: ${halfWay.done}`)
    assert.deepEqual(
      [ended.state, ended.total, ended.done, ended.skipped, ended.failed],
      ['completed', MANY, MANY, 0, 0],
    )
    assert.equal(await count(line, `FROM jobs WHERE state = 'suspended'`), MANY)
    assert.equal(await count(line, `FROM tasks WHERE cause = 'suspended'`), MANY)
    const entries = `FROM history WHERE event = 'suspended' AND data ->> 'bulkAction' = '${suspended.id}'`
    assert.deepEqual(
      [await count(line, entries), await count(line, `FROM (SELECT DISTINCT job_id ${entries}) AS jobs`)],
      [MANY, MANY],
    )

    const resumed = await begin(line, 'resume', { filter: { workflow: 'part' } })
    await waitFor(async () => (await look(line, resumed.id)).done >= 400, { timeoutMs: 60_000, message: 'it to begin' })
    await line.call(`/v1/bulk-actions/${resumed.id}:stop`, { method: 'POST' })
    const stopped = await untilEnded(line, resumed.id)
    const outcomes = Object.groupBy(await resultOf(line, resumed.id), ({ outcome }) => outcome)
    assert.equal(stopped.state, 'stopped')
    assert.equal(await count(line, `FROM jobs WHERE state <> 'suspended'`), stopped.done)
    assert.deepEqual(
      [outcomes['done']?.length, outcomes['not_reached']?.length],
      [stopped.done, stopped.total - stopped.done],
    )
  })
})
