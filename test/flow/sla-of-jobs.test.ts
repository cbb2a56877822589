import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { jobOf, partRecord, post, submit, untilState, type HistoryAnswer, type Line } from './line.ts'

type Clock = {
  subject: string
  jobId: string | null
  step: string | null
  stage: string | null
  state: string
  deadline: string
  breachedAt: string | null
  stoppedAt: string | null
}
type Week = { subject: string; workflow: string | null; stage: string | null; met: number; breached: number }

const HOUR = 3_600_000
const LATE = 10

describe('promises of time for jobs and stages, with two orchestrators', () => {
  let line: Line
  before(async () => {
    line = await startLine()
    line.start('orchestrator')
    await waitFor(async () => (await orchestrators()).length === 2, { timeoutMs: 60_000 })
    const promises = [
      { subject: 'stage', workflow: 'part', stage: 'scoring', limitMs: 1_000, escalatePriority: 1 },
      { subject: 'stage', limitMs: HOUR },
      { subject: 'job', workflow: 'part', limitMs: HOUR, pausesWhileSuspended: true },
    ]
    for (const promise of promises) assert.equal((await line.call('/v1/sla-configs', post(promise))).status, 201)
    // Promises count from 2 s on.
    const madeAt = Date.now()
    await waitFor(async () => Date.now() - madeAt > 2_200, { timeoutMs: 5_000 })
  })
  after(() => line?.[Symbol.asyncDispose]())

  const clocksOf = async (id: string): Promise<Clock[]> =>
    (await line.json<{ items: Clock[] }>('/v1/sla-records?limit=200')).items.filter(({ jobId }) => jobId === id)
  const clockOf = async (id: string, step: string | null) => (await clocksOf(id)).find((clock) => clock.step === step)
  const breaches = async (id: string) =>
    (await line.json<HistoryAnswer>(`/v1/jobs/${id}/history`)).items.filter(({ event }) => event === 'sla_breached')

  async function orchestrators(): Promise<{ service: string; port: number }[]> {
    const lines = (await readFile(line.log, 'utf8')).split('\n').filter((text) => text.includes('"health listening"'))
    return lines
      .map((text) => JSON.parse(text) as { service: string; port: number })
      .filter(({ service }) => service === 'orchestrator')
  }

  /** Each counts what it found. */
  async function breachesCounted(): Promise<number> {
    const ports = await orchestrators()
    const texts = await Promise.all(
      ports.map(async ({ port }) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
    )
    const counts = texts.map((text) => Number(/^sla_records_breached_total(?:\{[^}]*\})? (\d+)$/m.exec(text)?.[1] ?? 0))
    return counts.reduce((sum, count) => sum + count)
  }

  it('a stage that takes too long is told within a second of its time, while the job still waits there', async () => {
    await line.call('/v1/stages/scoring:pause', post({ reason: 'Test' }))
    const ids = await Promise.all(Array.from({ length: LATE }, (_, i) => submit(line, partRecord(i))))

    for (const id of ids)
      await waitFor(async () => (await clockOf(id, 'scoring'))?.state === 'breached', {
        timeoutMs: 30_000,
        message: 'the breach',
      })

    for (const id of ids) {
      const { deadline, breachedAt, stoppedAt, stage } = (await clockOf(id, 'scoring'))!
      const lateMs = Date.parse(breachedAt!) - Date.parse(deadline)
      assert.ok(lateMs >= 0 && lateMs < 1_000, `${lateMs} ms`)
      assert.deepEqual([stoppedAt, stage], [null, 'scoring'])
      assert.equal((await jobOf(line, id)).steps.find(({ key }) => key === 'scoring')?.state, 'queued')
      assert.deepEqual(
        (await breaches(id)).map(({ step, actor }) => [step, actor]),
        [['scoring', 'stageline']],
      )
      assert.equal((await clockOf(id, null))?.state, 'running')
    }
    await waitFor(async () => (await breachesCounted()) === LATE)
    await line.call('/v1/stages/scoring:resume', post({}))
    for (const id of ids) {
      const { state } = await untilState(line, id, ['completed', 'suspended'])
      assert.equal(state, 'completed')
      const clocks = await clocksOf(id)
      assert.equal(clocks.length, 1 + (await jobOf(line, id)).steps.length)
      assert.deepEqual(
        clocks.filter((clock) => clock.step !== 'scoring').filter((clock) => clock.state !== 'met'),
        [],
      )
      assert.ok((await clockOf(id, 'scoring'))!.stoppedAt)
      assert.equal((await breaches(id)).length, 1)
    }
  })

  it('figures tell what was kept by workflow and stage', async () => {
    const { weeks } = await line.json<{ weeks: Week[] }>('/v1/sla-figures')
    const of = (subject: string, stage: string | null) =>
      weeks.filter((week) => week.subject === subject && week.stage === stage)

    assert.deepEqual(
      of('job', null).map(({ workflow, met, breached }) => [workflow, met, breached]),
      [['part', LATE, 0]],
    )
    assert.deepEqual(
      of('stage', 'scoring').map(({ met, breached }) => [met, breached]),
      [[0, LATE]],
    )
  })

  it('what is cancelled in time breaks nothing', async () => {
    await line.call('/v1/stages/classification:pause', post({ reason: 'Test' }))
    await line.call('/v1/stages/enrichment:pause', post({ reason: 'Test' }))
    const id = await submit(line, partRecord(99))
    await line.call(`/v1/jobs/${id}:cancel`, post({ reason: 'Not needed' }))

    const clocks = await clocksOf(id)
    assert.ok(clocks.length > 1)
    assert.deepEqual(
      clocks.filter(({ state, stoppedAt }) => state !== 'cancelled' || stoppedAt === null),
      [],
    )
  })
})
