import { startLine, waitFor } from '@stageline/testkit'
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { partRecord, post, query, saveChain, submit, untilState, type Line } from './line.ts'

type Alert = { id: string; title: string; level: string; count: number; raisedBy: string; detail: string }

describe('alerts of the shipped rules', () => {
  let line: Line
  before(async () => {
    const limits = { ALERT_FAILURE_MIN: '3', ALERT_FAILURE_SHARE: '0.5', ALERT_STUCK_MINUTES: '30' }
    line = await startLine({ stages: [], scripted: { fragile: {} }, env: limits })
  })
  after(() => line?.[Symbol.asyncDispose]())

  const alerts = async (state = 'open'): Promise<Alert[]> =>
    (await line.json<{ items: Alert[] }>(`/v1/alerts?state=${state}`)).items
  const raised = async (title: string): Promise<Alert> => {
    let found: Alert | undefined
    await waitFor(async () => (found = (await alerts()).find((alert) => alert.title === title)) !== undefined, {
      timeoutMs: 75_000,
      message: `the alert "${title}" (log: ${line.log})`,
    })
    return found!
  }
  let looking: ReturnType<Line['start']> | undefined
  /** The rules look once a minute; an orchestrator that begins looks at once. */
  const lookNow = () => {
    looking?.kill()
    looking = line.start('orchestrator')
  }

  it('a workflow of which many jobs fail is told once, however many look', async () => {
    await saveChain(line, 'fragile', ['fragile'])
    const ids = await Promise.all(
      [1, 2, 3].map(() => submit(line, { workflow: 'fragile', input: { script: { fragile: { fail: 'data' } } } })),
    )
    await Promise.all(ids.map((id) => untilState(line, id, ['suspended', 'failed'])))

    lookNow()
    const { level, detail, raisedBy, id } = await raised('Many jobs fail: fragile')
    lookNow()

    assert.deepEqual([level, raisedBy], ['warning', 'rule:failure-rate'])
    assert.match(detail, /gave up 3 jobs .* \(100 % failed\)/)
    assert.equal((await line.call(`/v1/alerts/${id}:acknowledge`, post({}))).status, 200)
  })

  it('a day that fills up is told, and that it is full; jobs that stand still are told, too', async () => {
    const limit = { ...post({ maxDailyTasks: 5 }), method: 'PATCH' }
    assert.equal((await line.call('/v1/policies/completeness-v2', limit)).status, 200)
    const send = (n: number) => submit(line, { ...partRecord(n), force: 'automation' })
    for (const n of [1, 2, 3, 4]) await send(n)
    lookNow()
    const nearly = await raised('The day is nearly full: part')

    await send(5)
    lookNow()
    const full = await raised('The day is full: part')
    await query(line, `UPDATE clock_offset SET shift = shift + interval '1 hour'`)
    lookNow()
    const stuck = await raised('Jobs are stuck: part')

    assert.deepEqual([nearly.level, full.level, stuck.level], ['warning', 'critical', 'warning'])
    assert.match(nearly.detail, /^4 of 5 jobs of \d{4}-\d\d-\d\d were taken in\./)
    assert.match(stuck.detail, /^At least \d should move/)
    assert.deepEqual((await alerts()).map(({ title, count }) => `${title} ${count}`).toSorted(), [
      'Jobs are stuck: part 1',
      'The day is full: part 1',
      'The day is nearly full: part 1',
    ])
    assert.deepEqual(
      (await alerts('acknowledged')).map(({ title }) => title),
      ['Many jobs fail: fragile'],
    )
  })
})
