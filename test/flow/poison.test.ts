import { startHttpSink, startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Line } from './line.ts'
import { jobOf, post, query, submit, submitMany, untilBatchEnds, untilState } from './line.ts'

const INNOCENTS = 200
const KINDS = ['exit', 'oom', 'loop'] as const

const FLOW = { key: 'poisoned', steps: [{ key: 'work', stage: 'poisoned' }] }

describe('steps that kill their worker', () => {
  it('each end in one task after four crashes at most, and nobody else is harmed', { timeout: 480_000 }, async () => {
    await using sink = await startHttpSink()
    await using line = await startLine({
      stages: [],
      scripted: { poisoned: { bundle: 50 } },
      env: {
        STAGELINE_STUCK_LIMIT_MS: '4000',
        STAGELINE_QUARANTINE_MEMORY_MB: '64',
        NODE_OPTIONS: '--max-old-space-size=192',
      },
    })
    const saved = await line.call('/v1/workflows/poisoned', { ...post(FLOW), method: 'PUT' })
    assert.equal(saved.status, 201, await saved.text())
    await using workers = await keepRunning(line, 'poisoned', 2)

    const batch = await submitMany(line, jobs(sink.url))
    const isolated = isolatedWithin(line, 60_000)
    const { byState } = await untilBatchEnds(line, batch, 400_000)

    assert.deepEqual(byState, { completed: INNOCENTS, suspended: KINDS.length + 1 })
    await isolated
    const tasks = await poisonTasks(line)
    assert.deepEqual(
      tasks.map(({ cause }) => cause),
      ['attempts_exhausted', ...KINDS.map(() => 'poison')],
    )
    for (const { crashes } of tasks.slice(1)) assert.ok(crashes!.length <= 4, JSON.stringify(crashes))
    for (const [key, times] of sink.calls) assert.ok(times <= 4, `${key} ran ${times} times`)
    assert.equal(sink.calls.size, KINDS.length)
    assert.deepEqual(await attempts(line), [{ attempt: 1, n: INNOCENTS }])
    assert.ok(workers.ended() >= 2, 'workers went down')
    await untilNoChild(line)
  })

  it('are not what was killed from outside: it completes in quarantine, also across a stop', async () => {
    await using line = await startLine({ stages: [], scripted: { poisoned: {} } })
    const saved = await line.call('/v1/workflows/poisoned', { ...post(FLOW), method: 'PUT' })
    assert.equal(saved.status, 201, await saved.text())
    const id = await submit(line, { workflow: 'poisoned', input: { script: { work: { slowMs: 2_500 } } } })
    const seen: number[] = []
    for (let kills = 0; kills < 2; kills += 1) {
      seen.push(await untilHeldByAnother(line, id, seen))
      await line.stop('poisoned', 'SIGKILL')
      line.start('poisoned')
    }
    const workers = [...seen, ...line.pids('poisoned')]

    const first = await untilHeldByAnother(line, id, workers)
    process.kill(first, 'SIGKILL')
    const second = await untilHeldByAnother(line, id, [...workers, first])
    await line.stop('poisoned', 'SIGTERM')
    const isGone = !isRunning(second)
    line.start('poisoned')
    await untilState(line, id, ['completed', 'suspended'], 60_000)

    assert.ok(isGone, 'the quarantine process ends with its worker')
    const [step] = (await jobOf(line, id)).steps
    assert.deepEqual([step!.state, step!.attempt], ['completed', 1])
    assert.deepEqual(await crashesOf(line, id), ['lease_expired', 'lease_expired', 'SIGKILL'])
  })
})

/** Poisons stand among the innocents, so that each shares its bundle with some. */
function jobs(sink: string): object[] {
  const innocents: object[] = Array.from({ length: INNOCENTS }, () => ({ workflow: 'poisoned', input: {} }))
  KINDS.forEach((fail, i) => {
    const input = { sink, script: { work: { fail } } }
    innocents.splice((i + 1) * 50, 0, { workflow: 'poisoned', input })
  })
  // A full call stack is an ordinary failure: its process lives on.
  innocents.push({ workflow: 'poisoned', retry: { maxAttempts: 1 }, input: { script: { work: { fail: 'overflow' } } } })
  return innocents
}

/** Starts workers again as they end, as whoever runs them does. */
async function keepRunning(line: Line, name: string, count: number) {
  await line.stop(name)
  let isOver = false
  let ended = 0
  const follow = (worker: ChildProcess): void => {
    worker.once('exit', () => {
      if (isOver) return
      ended += 1
      void delay(1_000).then(() => {
        if (!isOver) follow(line.start(name))
      })
    })
  }
  for (let i = 0; i < count; i += 1) follow(line.start(name))
  return {
    ended: () => ended,
    [Symbol.asyncDispose]: async () => {
      isOver = true
      await line.stop(name)
    },
  }
}

const isolatedWithin = (line: Line, timeoutMs: number) =>
  waitFor(
    async () => {
      const [seen] = await query<{ n: number }>(
        line,
        `SELECT count(*)::int AS n FROM jobs WHERE jsonb_array_length(steps -> 'work' -> 'k') >= 2`,
      )
      return seen!.n >= KINDS.length
    },
    { timeoutMs, message: 'every poison to be in quarantine' },
  )

type Task = { cause: string; crashes: { at: string; how: string; worker?: string }[] | null }

const poisonTasks = (line: Line): Promise<Task[]> =>
  query<Task>(
    line,
    `SELECT cause, evidence -> 'failure' -> 'details' -> 'crashes' AS crashes FROM tasks ORDER BY cause`,
  )

const attempts = (line: Line): Promise<{ attempt: number; n: number }[]> =>
  query(
    line,
    `SELECT attempt, count(*)::int AS n FROM history WHERE path @> '{completed}' AND step = 'work' GROUP BY 1`,
  )

/** Without work there is no process for the quarantine. */
const untilNoChild = (line: Line): Promise<boolean> =>
  waitFor(
    async () => {
      const { items } = await line.json<{ items: { stage: string; workers: unknown[] }[] }>('/v1/stages')
      return items.find(({ stage }) => stage === 'poisoned')?.workers.length === 2
    },
    { timeoutMs: 60_000, message: 'the quarantine process to have ended' },
  )

/** A process that has claimed the job's step, none of those that are known; its id ends in `/pid-random`. */
async function untilHeldByAnother(line: Line, id: string, known: readonly number[]): Promise<number> {
  let pid = 0
  await waitFor(
    async () => {
      const [row] = await query<{ worker: string | null }>(
        line,
        `SELECT steps -> 'work' ->> 'w' AS worker FROM jobs WHERE id = '${id}' AND steps -> 'work' ->> 's' = 'processing'`,
      )
      pid = Number(/\/(\d+)-/.exec(row?.worker ?? '')?.[1] ?? 0)
      return pid > 0 && !known.includes(pid)
    },
    { timeoutMs: 60_000, message: `a worker to claim the step (log: ${line.log})` },
  )
  return pid
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const crashesOf = async (line: Line, id: string): Promise<string[]> =>
  (
    await query<{ how: string }>(
      line,
      `SELECT crash ->> 'how' AS how FROM jobs, jsonb_array_elements(steps -> 'work' -> 'k') crash WHERE id = '${id}'`,
    )
  ).map(({ how }) => how)
