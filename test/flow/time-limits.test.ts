import { startLine, startSilentSink, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { jobOf, post, query, submit, untilState } from './line.ts'
import type { Line } from './line.ts'

type Failed = { step: string | null; attempt: number | null; path: string[]; failure: { code: string } | null }

const save = async (line: Line, workflow: { key: string } & Record<string, unknown>): Promise<void> => {
  const saved = await line.call(`/v1/workflows/${workflow.key}`, { ...post(workflow), method: 'PUT' })
  assert.equal(saved.status, 201, await saved.text())
}

const failures = async (line: Line, id: string): Promise<string[]> => {
  const { items } = await line.json<{ items: Failed[] }>(`/v1/jobs/${id}/history`)
  return items.flatMap(({ failure, attempt }) => (failure ? [`${attempt}: ${failure.code}`] : []))
}

const isStaffed = async (line: Line, name: string): Promise<boolean> => {
  const { items } = await line.json<{ items: { stage: string; workers: unknown[] }[] }>('/v1/stages')
  return items.some(({ stage, workers }) => stage === name && workers.length > 0)
}

const outputsOf = (line: Line, id: string) =>
  query<{ data: unknown }>(line, `SELECT data FROM history WHERE job_id = '${id}' AND 'completed' = ANY (path)`)

describe('a time-out stops the work', () => {
  it('a handler that ignores its time-out costs its process, not the other steps, and its late result is nothing', async () => {
    const env = { STAGELINE_STOP_GRACE_MS: '300', WORKFLOW_RETRY_BACKOFF: '0.1', STAGELINE_DRAIN_MS: '20000' }
    await using line = await startLine({ stages: [], scripted: { odd: { bundle: 1 } }, env })
    await save(line, { key: 'limited', steps: [{ key: 'a', stage: 'odd', timeoutMs: 500 }] })
    await save(line, { key: 'plain', steps: [{ key: 'a', stage: 'odd' }] })
    await line.stop('odd')
    const worker = line.start('odd')
    const exited = once(worker, 'exit') as Promise<[number | null]>
    await waitFor(() => isStaffed(line, 'odd'), { timeoutMs: 60_000, message: 'the worker to be there' })

    const neighbours = await Promise.all(
      [1, 2, 3].map(() => submit(line, { workflow: 'plain', input: { script: { a: { slowMs: 5_000 } } } })),
    )
    const deaf = await submit(line, { workflow: 'limited', input: { script: { a: { deafMs: 3_000, times: 1 } } } })
    const told = () =>
      readFileSync(line.log, 'utf8')
        .split('\n')
        .find((text) => text.includes('stage.ignores_signal'))
    await waitFor(told, { timeoutMs: 10_000, message: `the worker to say so (log: ${line.log})` })
    await waitFor(async () => !(await isStaffed(line, 'odd')), { message: 'the worker to leave its stage' })
    const refused = await submit(line, { workflow: 'plain', input: {} })
    const held = await jobOf(line, deaf)
    const [code] = await exited
    const meanwhile = await jobOf(line, refused)
    line.start('odd')

    assert.deepEqual([held.steps[0]?.state, held.steps[0]?.attempt], ['processing', 1], 'no second copy beside it')
    assert.equal(code, 1)
    assert.equal(meanwhile.steps[0]?.state, 'queued', 'it took nothing new')
    for (const id of neighbours) {
      const { steps } = await jobOf(line, id)
      assert.deepEqual([steps[0]?.state, steps[0]?.attempt], ['completed', 1])
    }
    assert.match(told()!, new RegExp(deaf))
    await untilState(line, deaf, ['completed'])
    await untilState(line, refused, ['completed'])
    assert.deepEqual(await failures(line, deaf), ['1: stage.timeout'])
    assert.deepEqual(
      (await outputsOf(line, deaf)).map(({ data }) => data),
      [{ by_a: 2 }],
    )
  })

  it('a step that no worker begins goes to a person, and is not begun when a worker comes', async () => {
    await using sink = await startSilentSink()
    await using line = await startLine({ stages: [], scripted: { late: { bundle: 1 } } })
    await save(line, { key: 'hasty', steps: [{ key: 'a', stage: 'late', queueTimeoutMs: 300 }] })
    await line.stop('late')

    const id = await submit(line, { workflow: 'hasty', input: { sink: sink.url } })
    const job = await untilState(line, id, ['suspended'], 5_000)
    line.start('late')
    const other = await submit(line, { workflow: 'hasty', input: {} })
    const isAsked = async () => (await jobOf(line, other)).state !== 'queued'
    await waitFor(isAsked, { timeoutMs: 20_000, message: 'the worker to have come' })

    assert.deepEqual([job.steps[0]?.state, await failures(line, id)], ['suspended', ['1: step.queue_timeout']])
    assert.equal(sink.connections.length, 0)
  })

  it('a job that takes too long goes to a person, and its handler is stopped', async () => {
    await using sink = await startSilentSink()
    await using line = await startLine({ stages: [], scripted: { calling: { bundle: 1, callsOut: true } } })
    await save(line, { key: 'endless', steps: [{ key: 'a', stage: 'calling' }], timeoutMs: 60_000 })

    const id = await submit(line, { workflow: 'endless', timeoutMs: 1_500, input: { sink: sink.url } })
    await waitFor(() => sink.connections.length === 1, { timeoutMs: 10_000, message: 'the call' })
    await untilState(line, id, ['suspended'], 10_000)
    await waitFor(() => sink.connections[0]?.closedAt, { timeoutMs: 1_000, message: 'the call to be broken off' })

    assert.deepEqual(await failures(line, id), ['1: job.timeout'])
    assert.equal(sink.connections.length, 1)
  })

  it('a handler without a sign of life is stopped before the next try begins', async () => {
    await using sink = await startSilentSink()
    const env = { WORKFLOW_RETRY_BACKOFF: '0' }
    await using line = await startLine({ stages: [], scripted: { quiet: { heartbeatMs: 400 } }, env })
    await save(line, { key: 'quiet', steps: [{ key: 'a', stage: 'quiet', retry: { maxAttempts: 3 } }] })

    const id = await submit(line, { workflow: 'quiet', input: { sink: sink.url } })
    await untilState(line, id, ['suspended'])

    assert.deepEqual(
      await failures(line, id),
      [1, 2, 3].map((attempt) => `${attempt}: stage.heartbeat_timeout`),
    )
    const overlaps = sink.connections.filter(
      ({ openedAt }, i) => i > 0 && !(sink.connections[i - 1]!.closedAt! <= openedAt),
    )
    assert.deepEqual([sink.connections.length, overlaps], [3, []])
  })
})

it('a worker that is killed leaves where it was, and the next try goes on from there', async () => {
  await using line = await startLine({ stages: [], scripted: { long: {} } })
  await save(line, { key: 'long', steps: [{ key: 'a', stage: 'long', heartbeatMs: 2_000 }] })
  const id = await submit(line, { workflow: 'long', input: { script: { a: { pages: 40 } } } })
  const pages = async () => {
    const [row] = await query<{ page: number | null }>(
      line,
      `SELECT (steps -> 'a' -> 'c' ->> 'page')::int AS page FROM jobs WHERE id = '${id}'`,
    )
    return row?.page ?? 0
  }
  await waitFor(async () => (await pages()) >= 10, { timeoutMs: 15_000, message: 'ten pages' })

  await line.stop('long', 'SIGKILL')
  const left = await pages()
  line.start('long')
  await untilState(line, id, ['completed'], 60_000)

  const [{ data }] = (await outputsOf(line, id)) as [{ data: { from: number } }]
  assert.deepEqual([data.from, (await jobOf(line, id)).steps[0]?.attempt], [left, 1])
})
