import { startLine } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Line } from './line.ts'
import { jobOf, post, query, submit, submitMany, untilBatchEnds, untilState } from './line.ts'

const TOGETHER = 'first,second'
const FLOW = {
  key: 'together',
  steps: [
    { key: 'one', stage: 'first' },
    { key: 'two', stage: 'second', dependsOn: ['one'] },
    { key: 'three', stage: 'third', dependsOn: ['two'] },
    { key: 'four', stage: 'first', dependsOn: ['three'] },
  ],
}

async function start(): Promise<Line> {
  const line = await startLine({ stages: [], scripted: { [TOGETHER]: {}, third: {} } })
  const saved = await line.call('/v1/workflows/together', { ...post(FLOW), method: 'PUT' })
  assert.equal(saved.status, 201, await saved.text())
  return line
}

describe('stages that share a process', () => {
  it('work jobs that go in and out of it, each step once, also when it is killed', { timeout: 120_000 }, async () => {
    await using line = await start()
    const jobs = Array.from({ length: 400 }, (_, i) => ({ workflow: 'together', input: { number: i } }))
    const batch = await submitMany(line, jobs)
    await line.stop(TOGETHER, 'SIGKILL')
    line.start(TOGETHER)
    const { byState } = await untilBatchEnds(line, batch, 60_000)

    assert.deepEqual(byState, { completed: jobs.length })
    const ended = await query<{ n: number }>(
      line,
      `SELECT count(*)::int AS n FROM history WHERE event = 'step' AND path[array_upper(path, 1)] = 'completed'`,
    )
    assert.deepEqual(ended, [{ n: jobs.length * FLOW.steps.length }])
    const actors = await query<{ who: string }>(
      line,
      `SELECT DISTINCT split_part(actor, '@', 1) AS who FROM history WHERE step IN ('one', 'two', 'four')`,
    )
    assert.deepEqual(actors, [{ who: 'first-second' }])
  })

  it('work steps that follow each other in one go', { timeout: 60_000 }, async () => {
    await using line = await start()
    const id = await submit(line, { workflow: 'together', input: {} })
    await untilState(line, id, ['completed'], 30_000)

    const goes = await query<{ steps: string[] }>(
      line,
      `SELECT array_agg(step ORDER BY step) AS steps FROM history WHERE event = 'step' AND path[array_upper(path, 1)] = 'completed' GROUP BY xid ORDER BY min(seq)`,
    )
    assert.deepEqual(goes, [{ steps: ['one', 'two'] }, { steps: ['three'] }, { steps: ['four'] }])
  })

  it('isolate a step that kills them by its own stage', { timeout: 200_000 }, async () => {
    await using line = await start()
    const id = await submit(line, { workflow: 'together', input: { script: { two: { fail: 'kill' } } } })
    const restart = setInterval(() => {
      const pid = line.pids(TOGETHER).at(-1)!
      if (!isRunning(pid)) line.start(TOGETHER)
    }, 200)
    try {
      await untilState(line, id, ['suspended'], 150_000)
    } finally {
      clearInterval(restart)
    }

    const { steps } = await jobOf(line, id)
    assert.deepEqual(
      steps.map(({ state }) => state),
      ['completed', 'suspended', 'pending', 'pending'],
    )
    const next = await submit(line, { workflow: 'together', input: {} })
    await untilState(line, next, ['completed'], 60_000)
  })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
